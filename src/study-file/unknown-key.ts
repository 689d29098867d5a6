import type { $ZodLiteralDef, $ZodType, $ZodTypeDef } from 'zod/v4/core'
import { closestName } from '../text/closest-name.ts'
import type { Mistake } from './mistakes.ts'
import { describePath, type Path, valueAt } from './path.ts'
import { allKeyPaths, keysOf, schemasAt } from './schema-walk.ts'
import { listed } from './wording.ts'

/** What a sentence about an issue may need to know. */
export interface IssueContext {
  /** The whole file as plain data. */
  readonly root: unknown
  /** The schema of the whole file, for the keys it knows. */
  readonly schema: $ZodType
  /** Paths where text may stand for a block, and the key that it gives: `training.optimizer`, `kind`. */
  readonly shorthands: Readonly<Record<string, string>>
}

/** What `run` and `resume` are told on the command line, though people look for it in the file. */
const COMMAND_OPTIONS: ReadonlySet<string> = new Set(['workers', 'db', 'engine', 'quiet'])

/** The sentence for a key that nothing reads, with the one that was meant or the block it belongs in. */
export function unknownKey(path: Path, key: string, context: IssueContext): Mistake {
  const where = path.length === 0 ? '' : ` in ${describePath(path)}`
  const known = schemasAt(context.schema, path).flatMap(keysOf)
  const near = closestName(key, known)
  const otherForm = formsWith(path, key, context)
  if (otherForm !== null) return { path: [...path, key], at: 'key', ...otherForm }
  const home = allKeyPaths(context.schema).find((keyPath) => keyPath.at(-1) === key)
  let hint: string | undefined
  if (near !== undefined) hint = `Did you mean "${near}"?`
  else if (path.length === 0 && COMMAND_OPTIONS.has(key)) {
    hint = `That is a run option, not part of the study: pass --${key} on the command line.`
  } else if (home !== undefined && !home.includes('*')) hint = belongs(home.slice(0, -1))
  else if (known.length > 0 && known.length <= 16) hint = `Known keys: ${[...new Set(known)].join(', ')}.`
  return {
    path: [...path, key],
    at: 'key',
    message: `Unknown key "${key.length <= 60 ? key : `${key.slice(0, 59)}…`}"${where}`,
    hint,
  }
}

/** For a key that the block has in another form: which form it is in, and which ones have the key. */
function formsWith(
  path: Path,
  key: string,
  { root, schema }: IssueContext,
): { readonly message: string; readonly hint: string } | null {
  const forms = schemasAt(schema, path).flatMap(({ _zod: { def } }) =>
    def.type === 'object' ? [def.shape] : [],
  )
  const having = forms.filter((shape) => Object.hasOwn(shape, key))
  if (having.length === 0) return null
  const [selector] = Object.entries(having[0]!).find(([, { _zod }]) => literalOf(_zod.def) !== null) ?? []
  const names = having.map((shape) =>
    selector === undefined ? Object.keys(shape)[0] : literalOf(shape[selector]!._zod.def),
  )
  const block = valueAt(root, path)
  const own =
    selector === undefined
      ? forms.map((shape) => Object.keys(shape)[0]!).find((name) => valueAt(block, [name]) !== undefined)
      : `${selector} ${String(valueAt(block, [selector]))}`
  const what = selector === undefined ? '' : `${selector} `
  return {
    message: `Unknown key "${key}" in ${describePath(path)}: ${own} has no ${key}`,
    hint: `It belongs to ${what}${listed(names.map(String))}.`,
  }
}

function literalOf(def: $ZodTypeDef): unknown {
  return def.type === 'literal' ? ((def as $ZodLiteralDef<string>).values[0] ?? null) : null
}

function belongs(parent: readonly string[]): string {
  return parent.length === 0 ? 'It belongs at the top of the file.' : `It belongs under ${parent.join('.')}.`
}
