import { DEFAULT_SPACE } from '../space/default-space.ts'
import type { Distribution } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { spaceSchema } from '../space/space-schema.ts'
import { closestName } from '../text/closest-name.ts'
import type { ClassifierConfig } from './classifier-config.ts'
import { checkClassifierSpace, isSoftByDefault, searchableNames } from './classifier-parameters.ts'
import type { WrittenStudy } from './kind.ts'
import { CLASSIFIER } from './source.ts'

/** The settings that a space may search, as the recipe does where a file names no space. */
const RECIPE_SETTINGS: Readonly<Record<string, readonly [block: 'model' | 'training', key: string]>> = {
  learningRate: ['training', 'learningRate'],
  reg: ['training', 'reg'],
  dropout: ['model', 'dropout'],
}

/** The recipe's three ranges, without those that the file fixes in `model` or `training`. */
export function recipeSpace(raw: WrittenStudy['raw']): SearchSpace {
  const parameters = Object.entries(DEFAULT_SPACE.parameters).filter(([name]) => !isFixed(raw, name))
  return { ...DEFAULT_SPACE, parameters: Object.fromEntries(parameters) }
}

function isFixed(raw: WrittenStudy['raw'], parameter: string): boolean {
  const [block, key] = RECIPE_SETTINGS[parameter] ?? []
  const settings = block === undefined ? undefined : raw[block]
  return (
    key !== undefined && typeof settings === 'object' && settings !== null && Object.hasOwn(settings, key)
  )
}

/** A space of the file's own; ranges of learningRate and reg are soft where it does not say. */
export function withClassifierBounds(space: SearchSpace, study: WrittenStudy): SearchSpace {
  checkFixedTwice(space, study)
  const parameters = Object.entries(space.parameters).map(([name, distribution]) => {
    const isRange = distribution.kind === 'float' || distribution.kind === 'int'
    const soft = isRange && isSoftByDefault(name) && !statesBounds(study.raw, name)
    return [name, soft ? { ...distribution, hard: false } : distribution]
  })
  return { ...space, parameters: Object.fromEntries(parameters) }
}

function statesBounds(raw: WrittenStudy['raw'], parameter: string): boolean {
  const entry = (raw.space as Readonly<Record<string, unknown>>)[parameter]
  return ['soft', 'hard'].some((key) => Object.hasOwn(entry as object, key))
}

function checkFixedTwice(space: SearchSpace, { raw, report }: WrittenStudy): void {
  for (const [name, [block, key]] of Object.entries(RECIPE_SETTINGS)) {
    if (!Object.hasOwn(space.parameters, name) || !isFixed(raw, name)) continue
    report({
      path: [block, key],
      at: 'key',
      message: `${name} is set in ${block} and in space`,
      hint: 'Keep the one in space: trials use that one.',
    })
  }
}

/** In a space with mistakes, names the parameters that the classifier doesn't know as well: all in one reading. */
export function checkReadableParameters(config: ClassifierConfig, { raw, report }: WrittenStudy): void {
  if (typeof raw.space !== 'object' || raw.space === null || Array.isArray(raw.space)) return
  const parameters: Record<string, Distribution> = {}
  const unreadable = new Set<string>()
  for (const [name, entry] of Object.entries(raw.space)) {
    const alone = typeof entry === 'object' && entry !== null ? { ...entry, when: undefined } : entry
    const read = spaceSchema.safeParse({ [name]: alone })
    if (read.success) Object.assign(parameters, read.data.parameters)
    else unreadable.add(name)
  }
  const known = searchableNames({ parameters, conditions: {}, constraints: [] }, config)
  for (const name of unreadable) {
    if (!known.includes(name)) parameters[name] = { kind: 'fixed', value: 0 }
  }
  checkClassifierRanges({ parameters, conditions: {}, constraints: [] }, config, (mistake) => {
    if (mistake.at === 'key' || !unreadable.has(String(mistake.path[1]))) report(mistake)
  })
}

/** Reports every parameter of a space that the classifier can't take. */
export function checkClassifierRanges(
  space: SearchSpace,
  config: ClassifierConfig,
  report: WrittenStudy['report'],
): void {
  for (const { parameter, at, message, hint, candidates } of checkClassifierSpace(space, config)) {
    const near = candidates === undefined ? undefined : closestName(parameter, candidates)
    report({
      path: ['space', parameter],
      at,
      message: candidates === undefined ? message : `Unknown key "${parameter}" in space`,
      hint: near === undefined ? (hint ?? namesHint(candidates)) : `Did you mean "${near}"?`,
    })
  }
}

function namesHint(candidates: readonly string[] | undefined): string | undefined {
  return candidates === undefined ? undefined : `${CLASSIFIER} can search ${candidates.join(', ')}.`
}
