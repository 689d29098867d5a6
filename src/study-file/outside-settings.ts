import { UserError } from '../errors.ts'
import { recipeSpace } from '../objective/classifier-space.ts'
import { DEFAULT_OBJECTIVE } from '../objective/kinds.ts'
import { fileEntry } from '../space/distribution-forms.ts'
import { wholeNumberMistake } from './exact-integer.ts'
import { userErrors } from './mistakes.ts'
import { applyOverrides, type Override, parseOverride } from './overrides.ts'
import { defaultStageEntries } from './stage-blocks.ts'
import { SHORTHANDS } from './study-blocks.ts'

/** What sets a study from outside its file is called, where it is wrong. */
export interface OptionNames {
  readonly overrides: string
  readonly name: string
  readonly seed: string
}

/** On the command line. */
export const FLAGS: OptionNames = { overrides: '--set', name: '--name', seed: '--seed' }

/** In code. */
export const IN_CODE: OptionNames = { overrides: 'overrides', name: 'name', seed: 'seed' }

/** What the command line, or code, sets of a study. */
export interface OutsideSettings {
  /** `path=value`, in the order of the command line: `stages[0].trials=8`. */
  readonly overrides?: readonly string[] | undefined
  /** Instead of the file's own name. */
  readonly name?: string | undefined
  /** Instead of the file's own seed. */
  readonly seed?: number | string | undefined
  /** Those of the command line by default. */
  readonly optionNames?: OptionNames
}

/** A file's tree with everything set from outside. @throws UserErrors with every setting that can't be set */
export function withOutsideSettings(
  tree: unknown,
  { overrides: texts = [], name, seed, optionNames = FLAGS }: OutsideSettings,
): { readonly value: unknown; readonly overrides: readonly Override[] } {
  const errors: UserError[] = []
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      errors.push(error)
      return undefined
    }
  }
  const overrides = texts.flatMap((text) => attempt(() => parseOverride(text, optionNames.overrides)) ?? [])
  if (name !== undefined) overrides.push({ path: ['name'], value: name, label: optionNames.name })
  if (seed !== undefined) {
    const label = optionNames.seed
    const override = attempt((): Override => ({ path: ['seed'], value: seedOf(seed, label), label }))
    if (override !== undefined) overrides.push(override)
  }
  let value = tree
  const applied: Override[] = []
  // Those of the space last: what it is where the file has none depends on the others.
  for (const override of overrides.toSorted((a, b) => Number(isOfSpace(a)) - Number(isOfSpace(b)))) {
    const result = attempt(() => applyOverrides(withDefaults(value, override), [override], SHORTHANDS))
    if (result === undefined) continue
    value = result.value
    applied.push(...result.overrides)
  }
  if (errors.length > 0) throw userErrors(errors)
  return { value, overrides: applied }
}

function isOfSpace({ path }: Override): boolean {
  return path[0] === 'space'
}

/** What was typed as a seed: a whole number as such, also one that is none of a seed. */
function seedOf(typed: number | string, label: string): number | string {
  if (typeof typed === 'number' || !/^[-+]?\d+$/.test(typed)) return typed
  const seed = Number(typed)
  const mistake = wholeNumberMistake(typed, seed, ['seed'])
  if (mistake === null) return seed + 0
  throw new UserError('usage', mistake.message, { hint: mistake.hint, where: { file: label } })
}

/** A file without stages or a space has the usual ones: an override may change a field of them. */
function withDefaults(tree: unknown, { path: [block, ...field] }: Override): unknown {
  if (field.length === 0) return tree
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree
  const raw = tree as Readonly<Record<string, unknown>>
  const isClassifier = raw.objective === undefined || raw.objective === DEFAULT_OBJECTIVE
  if (block === 'stages' && (raw.stages ?? null) === null) {
    return { ...raw, stages: defaultStageEntries(raw.budget, isClassifier) }
  }
  if (block !== 'space' || (raw.space ?? null) !== null || !isClassifier) return tree
  const recipe = Object.entries(recipeSpace(raw).parameters)
  return { ...raw, space: Object.fromEntries(recipe.map(([name, range]) => [name, fileEntry(range)])) }
}
