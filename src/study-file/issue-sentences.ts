import type { $ZodErrorMap, $ZodIssue } from 'zod/v4/core'
import { own } from '../space/own.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue, entries } from '../text/quote.ts'
import type { Mistake } from './mistakes.ts'
import { describePath, type Path, valueAt } from './path.ts'
import { keysOf, schemasAt } from './schema-walk.ts'
import { type IssueContext, unknownKey } from './unknown-key.ts'
import { listed, subject, wordFor } from './wording.ts'

/** What an issue's message is where no schema gave one: the sentences are made here, with the whole file in view. */
const UNSAID = '\u0000'

/** For `safeParse(value, { error: leaveUnsaid })`: keeps zod's own wording out, and a schema's own message in. */
export const leaveUnsaid: $ZodErrorMap = () => UNSAID

/** The sentences for one zod issue whose path begins at `base`. */
export function describeIssue(issue: $ZodIssue, base: Path, context: IssueContext): Mistake[] {
  const path = writtenPath([...base, ...(issue.path as (string | number)[])], context)
  const value = valueAt(context.root, path)
  const say = (rule: string, hint?: string): Mistake[] => [
    { path, at: 'value', message: `${subject(path)} ${rule}`, hint },
  ]
  if (issue.code !== 'unrecognized_keys' && issue.message !== UNSAID)
    return [ownMessage(issue, path, context)]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, context))
    case 'invalid_type':
      return wrongType(path, value, [typeWord(issue.expected, path, context)])
    case 'invalid_value':
      return wrongChoice(path, value, issue.values)
    case 'too_small':
      if (issue.origin === 'string') return say('must not be empty')
      if (issue.origin === 'array')
        return say(`needs at least ${entries(issue.minimum)}, got ${describeValue(value)}`)
      return say(
        `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}, got ${describeValue(value)}`,
      )
    case 'too_big':
      if (issue.origin === 'string')
        return say(`may have at most ${issue.maximum} characters; this one has ${lengthOf(value)}`)
      if (issue.origin === 'array')
        return say(`may have at most ${entries(issue.maximum)}, got ${lengthOf(value)}`)
      return say(
        `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}, got ${describeValue(value)}`,
      )
    case 'not_multiple_of':
      return say(`must be a multiple of ${issue.divisor}, got ${describeValue(value)}`)
    case 'invalid_union':
      return describeUnion(issue, path, base, context)
    case 'invalid_key':
      return issue.issues.flatMap((inner) => {
        const [first] = describeIssue({ ...inner, path: [...issue.path] } as $ZodIssue, base, context)
        return first === undefined ? [] : [{ ...first, at: 'key' as const }]
      })
    default:
      return say(`can't be ${describeValue(value)}`)
  }
}

/** Where text stands for a block, what is wrong with the block's key is wrong with the text. */
function writtenPath(path: Path, { root, shorthands }: IssueContext): Path {
  const parent = path.slice(0, -1)
  const isShort =
    own(shorthands, describePath(parent)) === path.at(-1) && typeof valueAt(root, parent) === 'string'
  return isShort ? parent : path
}

function isWhole(path: Path, { schema }: IssueContext): boolean {
  return schemasAt(schema, path).some(({ _zod: { def } }) => 'format' in def && def.format === 'safeint')
}

/** A schema's own words, with the name before them where they leave it to the path. */
function ownMessage(issue: $ZodIssue, path: Path, context: IssueContext): Mistake {
  const params = issue.code === 'custom' ? issue.params : undefined
  const value = valueAt(context.root, path)
  let message = issue.message
  // What a value's own type may print is not always short, or a word of the file.
  if (issue.code === 'invalid_type')
    message = message.replace(/, got .*$/s, () => `, got ${describeValue(value)}`)
  const key = path.at(-1)
  if (typeof key === 'string' && path[0] !== 'space' && message.startsWith(`${key} `)) {
    message = message.slice(key.length + 1)
  }
  if (/^(must|needs|is|has|can|holds|does)\b/.test(message)) message = `${subject(path)} ${message}`
  return {
    path,
    at: params?.at === 'key' ? 'key' : 'value',
    message,
    hint: typeof params?.hint === 'string' ? params.hint : nearestMeant(issue, path, value, context),
  }
}

/** The choice or the key that was meant, where a schema's own message does not say. */
function nearestMeant(
  issue: $ZodIssue,
  path: Path,
  value: unknown,
  context: IssueContext,
): string | undefined {
  let near: string | undefined
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    near = closestName(value, issue.values.map(String))
  } else if (
    issue.code === 'custom' &&
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value)
  ) {
    const known = schemasAt(context.schema, path).flatMap(keysOf)
    const strangers = Object.keys(value).filter((key) => !known.includes(key))
    near = strangers.map((key) => closestName(key, known)).find((name) => name !== undefined)
  }
  return near === undefined ? undefined : `Did you mean "${near}"?`
}

function describeUnion(
  issue: Extract<$ZodIssue, { code: 'invalid_union' }>,
  path: Path,
  base: Path,
  context: IssueContext,
): Mistake[] {
  const value = valueAt(context.root, path)
  if (issue.discriminator !== undefined && issue.errors.length === 0) {
    const options = 'options' in issue ? (issue.options ?? []) : []
    return wrongChoice(path, value, options)
  }
  const inner = issue.errors.map((branch) =>
    branch.map((one) => ({ ...one, path: [...issue.path, ...one.path] })),
  )
  const isRoot = (one: $ZodIssue): boolean =>
    one.path.length === issue.path.length && (one.code === 'invalid_type' || one.code === 'invalid_value')
  const meant = inner.filter((branch) => !branch.some(isRoot)).toSorted((a, b) => a.length - b.length)
  if (meant[0] !== undefined) return meant[0].flatMap((one) => describeIssue(one, base, context))
  const words = inner.flat().filter(isRoot)
  const choices = words.flatMap((one) => (one.code === 'invalid_value' ? one.values : []))
  const types = words.flatMap((one) =>
    one.code === 'invalid_type' ? [typeWord(one.expected, path, context)] : [],
  )
  return types.length === 0
    ? wrongChoice(path, value, choices)
    : wrongType(path, value, [...new Set(types)], choices.map(String))
}

function typeWord(expected: string, path: Path, context: IssueContext): string {
  return wordFor(expected === 'number' && isWhole(path, context) ? 'int' : expected)
}

/** @param words words that may stand in place of a value of these types */
function wrongType(
  path: Path,
  value: unknown,
  types: readonly string[],
  words: readonly string[] = [],
): Mistake[] {
  const at = 'value'
  const name = subject(path)
  const rule = listed([...words, ...types.map((type) => finite(type, value))])
  if (value === undefined || value === null) {
    const what = value === undefined ? 'missing' : 'empty'
    return [{ path, at, message: `${name} is ${what}`, hint: `It must be ${rule}.` }]
  }
  const near = typeof value === 'string' ? closestName(value, words) : undefined
  return [
    {
      path,
      at,
      message: `${name} must be ${rule}, got ${describeValue(value)}`,
      hint:
        near === undefined
          ? types.map((type) => typeHint(type, value)).find((hint) => hint !== undefined)
          : `Did you mean "${near}"?`,
    },
  ]
}

function finite(expected: string, value: unknown): string {
  const isNumber = typeof value === 'number' && expected === 'a number'
  return isNumber && !Number.isFinite(value) ? 'a finite number' : expected
}

/** The way out of a value of the wrong type, where there is one. */
function typeHint(expected: string, value: unknown): string | undefined {
  if (expected === 'text' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Put it in quotes: "${value}".`
  }
  if (typeof value !== 'string') return undefined
  if (
    expected.endsWith('number') &&
    value.trim() !== '' &&
    Number.isFinite(Number(value.replaceAll('_', '')))
  ) {
    const without = value.includes('_') ? 'quotes or underscores' : 'quotes'
    return `Write ${Number(value.replaceAll('_', ''))}, without ${without}.`
  }
  if (expected === 'true or false' && /^(yes|on|y)$/i.test(value)) return 'Write true.'
  if (expected === 'true or false' && /^(no|off|n)$/i.test(value)) return 'Write false.'
  return undefined
}

function wrongChoice(path: Path, value: unknown, choices: readonly unknown[]): Mistake[] {
  const known = [...new Set(choices.map((choice) => String(choice)))]
  const rule = known.length === 1 ? `must be ${known[0]}` : `must be one of ${known.join(', ')}`
  if (value === undefined || value === null) {
    const what = value === undefined ? 'missing' : 'empty'
    return [{ path, at: 'value', message: `${subject(path)} is ${what}`, hint: `It ${rule}.` }]
  }
  const near = typeof value === 'string' ? closestName(value, known) : undefined
  return [
    {
      path,
      at: 'value',
      message: `${subject(path)} ${rule}, got ${describeValue(value)}`,
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    },
  ]
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0
}
