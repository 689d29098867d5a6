import { z } from 'zod'
import { show } from '../text/quote.ts'
import type { Distribution, ParamValue } from './distribution.ts'
import { choiceList, FILE_ENTRIES, floatRange, intRange, valueSchema } from './distribution-forms.ts'
import { type DistributionMistake, distributionMistake, optionMistake } from './distribution-rules.ts'
import type { Condition, SearchSpace } from './search-space.ts'
import { conditionMistakes, constraintMistake, impossibleConditions, impossibleRules } from './space-rules.ts'

const conditionSchema = z.record(z.string(), z.union([valueSchema, z.array(valueSchema)]), {
  error: (issue) =>
    `expected the values of other parameters, as in { optimizer: adam }, got ${show(issue.input)}`,
})
const when = { when: conditionSchema.optional() }

export interface Entry {
  readonly distribution: Distribution
  readonly when?: Condition | undefined
  /** What is wrong with its options. */
  readonly mistake?: DistributionMistake | null
}

/** One form of a parameter for each key that can say its kind. */
const FORMS = {
  float: z
    .strictObject({ ...FILE_ENTRIES.float, ...when })
    .transform(({ float: [low, high], when, ...options }): Entry => {
      return { when, distribution: floatRange(low, high, options), mistake: optionMistake(options) }
    }),
  int: z
    .strictObject({ ...FILE_ENTRIES.int, ...when })
    .transform(({ int: [low, high], when, ...options }): Entry => {
      return { when, distribution: intRange(low, high, options), mistake: optionMistake(options) }
    }),
  choices: z
    .strictObject({ ...FILE_ENTRIES.categorical, ...when })
    .transform(({ choices, ordered, when }): Entry => ({ when, distribution: choiceList(choices, ordered) })),
  fixed: z
    .strictObject({ ...FILE_ENTRIES.fixed, ...when })
    .transform(({ fixed: value, when }): Entry => ({ when, distribution: { kind: 'fixed', value } })),
}

/** An entry of `space:`, whatever its kind: for documents and suggestions. */
export const entrySchema = z.union([valueSchema, FORMS.float, FORMS.int, FORMS.choices, FORMS.fixed])

type FormName = keyof typeof FORMS
type Path = readonly (string | number)[]
type AddIssue = (path: Path, message: string) => void

/**
 * The `space:` block of a study file, by parameter: `{ float: [1e-6, 10], log: true }`, `{ int: [16, 256] }`,
 * `{ choices: [relu, tanh] }`, each with `when: { optimizer: adam }` if it exists only there, or a bare value.
 * Gives a SearchSpace without constraints; issue paths lead to the key or value at fault.
 */
export const spaceSchema = z.unknown().transform((block, context): SearchSpace => {
  const report: AddIssue = (path, message) =>
    context.issues.push({ code: 'custom', path: [...path], message, input: block })
  const parameters: Record<string, Distribution> = {}
  const conditions: Record<string, Condition> = {}
  if (typeof block !== 'object' || block === null || Array.isArray(block)) {
    report([], `space: expected parameters by name, got ${show(block)}`)
    return z.NEVER
  }
  for (const [name, entry] of Object.entries(block)) {
    const read = readParameter(name, entry, context.issues, report)
    if (read === null) continue
    parameters[name] = read.distribution
    if (read.when !== undefined) conditions[name] = read.when
  }
  if (context.issues.length > 0) return z.NEVER
  const broken = conditionMistakes(parameters, conditions)
  const found = broken.length > 0 ? broken : impossibleConditions(parameters, conditions)
  for (const { path, message, hint } of found) {
    const [, name, ...rest] = path
    report([name!, 'when', ...rest], `${message}. ${hint}`)
  }
  if (Object.values(parameters).length === 0)
    report([], 'space: it has no parameters. Declare at least one, or leave it out')
  return context.issues.length > 0 ? z.NEVER : { parameters, conditions, constraints: [] }
})

/** The `require:` key of a study file: one rule or a list of them. Names are checked by `withConstraints`. */
export const requireSchema = z
  .union([z.string(), z.array(z.string())], {
    error: (issue) =>
      `require: expected a rule such as "units2 <= units1", or a list of them, got ${show(issue.input)}`,
  })
  .transform((rules): readonly string[] => (typeof rules === 'string' ? [rules] : rules))

/**
 * The space with the rules of `require`, or what is wrong with them: `index` says which rule,
 * `message` is a whole sentence with the column.
 */
export function withConstraints(
  space: SearchSpace,
  rules: readonly string[],
): {
  readonly space: SearchSpace
  readonly mistakes: readonly { readonly index: number; readonly message: string }[]
} {
  const names = Object.keys(space.parameters)
  const mistakes = rules.flatMap((rule, index) => {
    const message = constraintMistake(rule, names)
    return message === null ? [] : [{ index, message }]
  })
  if (mistakes.length > 0) return { space: { ...space, constraints: [] }, mistakes }
  const ruled = { ...space, constraints: [...rules] }
  const impossible = impossibleRules(ruled).map(({ path, message, hint }) => {
    return { index: path[1] as number, message: `${message}. ${hint}` }
  })
  return { space: ruled, mistakes: impossible }
}

/** A parameter's entry; null after its mistakes are reported. */
function readParameter(
  name: string,
  entry: unknown,
  issues: z.core.$ZodRawIssue[],
  report: AddIssue,
): Entry | null {
  if (typeof entry === 'number' || typeof entry === 'string' || typeof entry === 'boolean') {
    return { distribution: { kind: 'fixed', value: entry as ParamValue } }
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    report(
      [name],
      `${name}: expected a value or one of float, int, choices, as in { float: [0, 1] }, got ${show(entry)}`,
    )
    return null
  }
  const kinds = Object.keys(FORMS).filter((key) => Object.hasOwn(entry, key)) as FormName[]
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    const seen =
      kind === undefined ? `the keys ${Object.keys(entry).join(', ') || '(none)'}` : kinds.join(' and ')
    report([name], `${name}: expected exactly one of float, int, choices, fixed, got ${seen}`)
    return null
  }
  const read = FORMS[kind].safeParse(entry)
  if (!read.success) {
    for (const issue of read.error.issues) {
      const path = [name, ...issue.path]
      if (issue.code === 'unrecognized_keys')
        issues.push({ ...issue, path, input: entry } as z.core.$ZodRawIssue)
      else report(path as Path, `${name}: ${innermost(kind, issue)}`)
    }
    return null
  }
  const found = read.data.mistake ?? distributionMistake(read.data.distribution)
  if (found !== null) {
    report([name, ...partPath(kind, found.part, entry)], `${name}: ${found.message}. ${found.hint}`)
    return null
  }
  return read.data
}

/** Where in the file a part of the distribution stands. */
function partPath(kind: FormName, part: string, entry: object): Path {
  if (part === 'low') return [kind, 0]
  if (part === 'high') return [kind, 1]
  return part in entry ? [part] : [kind]
}

/** An issue's own message, after the key that it is about if there is more than one. */
function innermost(kind: FormName, issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'expected [low, high], two numbers'
  const [key] = issue.path
  return key === undefined || key === kind ? issue.message : `${String(key)}: ${issue.message}`
}
