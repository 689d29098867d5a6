import { shorten } from '../text/quote.ts'
import type { Path } from './path.ts'
import { schemasAt } from './schema-walk.ts'
import { STUDY_KEYS } from './study-blocks.ts'
import { subject } from './wording.ts'

/** The whole numbers of YAML's core schema. */
const WHOLE = /^([-+]?\d+|0x[\da-f]+|0o[0-7]+)$/i

/** Whether a number is another one than its digits say: beyond 2^53 not every whole number is a double. */
function isInexact(source: string, value: number): boolean {
  if (!WHOLE.test(source)) return false
  return !Number.isFinite(value) || BigInt(value) !== BigInt(source)
}

/** What is wrong with a whole number that can't be kept as it is written; null if it can. */
export function wholeNumberMistake(
  source: string | undefined,
  value: unknown,
  path: Path,
): { readonly message: string; readonly hint?: string | undefined } | null {
  if (source === undefined || typeof value !== 'number' || !isInexact(source, value)) return null
  const bound = value < 0 ? `at least ${Number.MIN_SAFE_INTEGER}` : `at most ${Number.MAX_SAFE_INTEGER}`
  return {
    message: `${subject(path)} must be ${bound} to be represented exactly, got ${shorten(source, 60)}`,
    hint: wayOut(value, path),
  }
}

function wayOut(value: number, path: Path): string | undefined {
  const schemas = schemasAt(STUDY_KEYS, path).map(({ _zod: { def } }) => def)
  if (schemas.some(({ type }) => type === 'string')) return 'Put it in quotes.'
  const isReal = schemas.some((def) => def.type === 'number' && !('format' in def))
  return isReal && Number.isFinite(value) ? `Write ${value.toExponential()}.` : undefined
}

/** Whether a key, which is text, would lose digits as a number. */
export function isInexactKey(source: string | undefined, value: unknown): boolean {
  return source !== undefined && typeof value === 'number' && isInexact(source, value)
}
