import type { Place } from '../errors.ts'
import { UserError } from '../errors.ts'
import { own } from '../space/own.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue } from '../text/quote.ts'
import { describePath, type Path, startsWith, valueAt } from './path.ts'
import { parseSyntax } from './yaml-file.ts'
import { type Fail, readTree } from './yaml-tree.ts'

/** One field of a study set from outside its file. */
export interface Override {
  readonly path: Path
  readonly value: unknown
  /** What a mistake in it is shown with: `--set stages[0].trials`, in code `overrides stages[0].trials`. */
  readonly label: string
}

/**
 * Reads `path=value`: the path as in messages (`stages[0].trials`), the value as YAML.
 * @param option what sets it, for messages
 * @throws UserError('usage') if there is no path, or the value is not YAML
 */
export function parseOverride(text: string, option: string): Override {
  const equals = text.indexOf('=')
  const pathText = equals < 0 ? text : text.slice(0, equals)
  const where = { file: `${option} ${pathText}` }
  if (equals < 0) {
    throw new UserError('usage', `${describeValue(text)} sets nothing`, {
      hint: 'Write path=value, for example stages[0].trials=8.',
      where: { file: option },
    })
  }
  const path = parsePath(pathText, option)
  return { path, value: parseValue(text.slice(equals + 1), path, where), label: where.file }
}

/** As deep as a study file can be. */
const MOST_STEPS = 40

function parsePath(text: string, option: string): (string | number)[] {
  const path: (string | number)[] = []
  const part = /\.?([^.[\]\s"']+)|\[(\d{1,9})\]|\[(?:"([^"]+)"|'([^']+)')\]/y
  while (part.lastIndex < text.length) {
    const start = part.lastIndex
    const match = part.exec(text)
    const fits =
      match !== null &&
      (match[1] === undefined ? path.length > 0 : match[0].startsWith('.') === path.length > 0)
    const key = match?.[1] ?? match?.[3] ?? match?.[4]
    if (!fits || key === '__proto__') {
      throw new UserError(
        'usage',
        `${describeValue(text)} is not a path in a study file (at character ${start + 1})`,
        {
          hint: 'Write it like stages[0].trials, and names with a dot like space["my.rate"].',
          where: { file: option },
        },
      )
    }
    path.push(key ?? Number(match[2]))
    if (path.length > MOST_STEPS) {
      throw new UserError('usage', `${describeValue(text)} has more than ${MOST_STEPS} steps`, {
        hint: 'Write it like stages[0].trials.',
        where: { file: option },
      })
    }
  }
  if (path.length === 0) {
    throw new UserError('usage', 'The path before the = is missing', {
      hint: 'Write path=value, for example stages[0].trials=8.',
      where: { file: option },
    })
  }
  return path
}

function parseValue(text: string, path: Path, where: Place): unknown {
  const quoted = `'${describePath(path)}=${JSON.stringify(text.trim()).replaceAll("'", "'\\''")}'`
  if (MEANS_SOMETHING_ELSE.test(text)) {
    throw new UserError('usage', `${describeValue(text)} has a special meaning in YAML`, {
      hint: `Text like this needs quotes: ${quoted}.`,
      where,
    })
  }
  let parsed: ReturnType<typeof parseSyntax>
  try {
    parsed = parseSyntax(text, where.file)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const isBlock = /^\s*[[{]/.test(text)
    throw new UserError('usage', `The value ${describeValue(text)} is not valid YAML`, {
      hint: `YAML needs quotes inside those of the whole: ${isBlock || text.length > 40 ? `'${describePath(path)}="…"'` : quoted}.`,
      where,
    })
  }
  const fail: Fail = (message, _, hint) => new UserError('usage', message, { hint, where })
  return readTree(parsed.document, fail, path).value
}

/**
 * Characters that stand for no text: a sign of YAML alone, the head of a block of lines that do not follow, and a comment,
 * which would be dropped without a word.
 */
const MEANS_SOMETHING_ELSE = /^\s*([|>][-+\d]*|[%&*!?@`\-[\]{},:'"]|#.*|[^"'[{\s].*[ \t]#.*)\s*$/

/**
 * The tree with the overrides set, in their order; the tree itself stays as it is. Blocks on the way are made where
 * they are missing; text where a block is wanted is what its first key says (`optimizer: adam` is `{ kind: adam }`),
 * by `shorthands`, which maps a path to that key.
 * @throws UserError('usage') if a path leads into something that has no keys, or past the end of a list
 */
export function applyOverrides(
  tree: unknown,
  overrides: readonly Override[],
  shorthands: Readonly<Record<string, string>>,
): { readonly value: unknown; readonly overrides: readonly Override[] } {
  let value = tree
  const applied: Override[] = []
  for (const override of overrides) {
    const path = resolveNames(value, override)
    value = setIn(value, path, 0, override, shorthands)
    applied.push({ ...override, path })
  }
  return { value, overrides: applied }
}

/** The label of the override that a path's value comes from: the last one that set it, or something it lies in. */
export function labelOf(overrides: readonly Override[], path: Path): string | undefined {
  return overrides.findLast((override) => startsWith(path, override.path))?.label
}

/** `stages.fine.trials`: an entry of a list by its name. */
function resolveNames(tree: unknown, override: Override): Path {
  let value = tree
  return override.path.map((part) => {
    let step = part
    if (Array.isArray(value) && typeof part === 'string') {
      const names = value.map((entry) => String((entry as { name?: unknown } | null)?.name ?? ''))
      const index = names.indexOf(part)
      if (index < 0) {
        const near = closestName(part, names)
        throw wrongPath(
          override,
          `No entry is named ${describeValue(part)}`,
          near === undefined ? 'Entries of a list are numbered from 0: [0], [1].' : `Did you mean "${near}"?`,
        )
      }
      step = index
    }
    value = valueAt(value, [step])
    return step
  })
}

function setIn(
  tree: unknown,
  path: Path,
  depth: number,
  override: Override,
  shorthands: Readonly<Record<string, string>>,
): unknown {
  const part = path[depth]
  if (part === undefined) return override.value
  const here = describePath(path.slice(0, depth))
  if (typeof part === 'number') {
    if (tree !== undefined && tree !== null && !Array.isArray(tree)) {
      throw wrongPath(override, `${here} is not a list`, `Write ${here} without [${part}].`)
    }
    const list: unknown[] = Array.isArray(tree) ? [...tree] : []
    if (part > list.length) {
      throw wrongPath(override, `${here} has ${list.length} entries, numbered from 0; there is no [${part}]`)
    }
    list[part] = setIn(list[part], path, depth + 1, override, shorthands)
    return list
  }
  let block: Record<string, unknown>
  if (tree === undefined || tree === null) block = {}
  else if (typeof tree === 'object') block = { ...(tree as Record<string, unknown>) }
  else {
    const key = own(shorthands, here)
    if (typeof tree !== 'string' || key === undefined) {
      throw wrongPath(
        override,
        `${here} is ${describeValue(tree)} in the file, which has no keys`,
        `Set ${here} as a whole.`,
      )
    }
    block = { [key]: tree }
  }
  block[part] = setIn(own(block, part), path, depth + 1, override, shorthands)
  return block
}

function wrongPath(override: Override, message: string, hint?: string): UserError {
  return new UserError('usage', message, { hint, where: { file: override.label } })
}
