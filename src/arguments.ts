import { UserError } from './errors.ts'
import { closestName } from './text/closest-name.ts'
import { describeValue } from './text/quote.ts'

/** What JavaScript may pass to a function where TypeScript has types: it would be ignored, or fail much later. */

/** `toUnit: value must be a number, got "0.1"`. */
export function wrongArgument(of: string, rule: string, value: unknown, hint?: string): UserError {
  return new UserError('usage', `${of}: ${rule}, got ${describeValue(value)}`, { hint })
}

/** The error for a name that is none of those known: `Unknown option "worker" of run`. */
export function unknownName(what: string, name: unknown, of: string, known: readonly string[]): UserError {
  const near = typeof name === 'string' ? closestName(name, known) : undefined
  return new UserError('usage', `Unknown ${what} ${describeValue(name)} of ${of}`, {
    hint: near === undefined ? `Expected one of ${known.join(', ')}.` : `Did you mean "${near}"?`,
  })
}

/** What options are, in words. */
export interface OptionsInWords {
  /** `run takes its options as an object`. */
  readonly rule: string
  /** What has them: `run`. */
  readonly of: string
  /** `option` by default. */
  readonly what?: string
  readonly hint?: string
}

/** Refuses options that are no object, and the first of them that is not known. @throws UserError('usage') */
export function checkOptions(options: unknown, known: readonly string[], words: OptionsInWords): void {
  const { rule, of, what = 'option', hint } = words
  if (!isRecord(options)) throw new UserError('usage', `${rule}, got ${describeValue(options)}`, { hint })
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownName(what, name, of, known)
}

/** An object with keys. A `Map` or a `Date`, whose contents are no keys, would be taken for an empty one. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (Object.keys(value).length > 0) return true
  // Also for an object of another realm, as test runners have them.
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
