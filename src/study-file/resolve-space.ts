import { UserError } from '../errors.ts'
import type { ClassifierConfig } from '../objective/classifier-config.ts'
import { checkClassifierSpace, parameterRule, searchableNames } from '../objective/classifier-parameters.ts'
import { checkCommand } from '../objective/placeholders.ts'
import { DEFAULT_SPACE } from '../space/default-space.ts'
import type { Distribution } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { constraintMistake } from '../space/space-rules.ts'
import { spaceSchema, withConstraints } from '../space/space-schema.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue } from '../text/quote.ts'
import type { Experiment } from './experiment.ts'
import type { Mistake } from './mistakes.ts'
import type { Blocks, Resolving } from './resolving.ts'

/** The settings that a space may search, as the recipe does where a file names no space. */
const RECIPE_SETTINGS: Readonly<Record<string, readonly [block: 'model' | 'training', key: string]>> = {
  learningRate: ['training', 'learningRate'],
  reg: ['training', 'reg'],
  dropout: ['model', 'dropout'],
}

/** The space of the file with its rules; that of a module that brings its own is empty here. */
export function resolveSpace(
  blocks: Blocks,
  objective: Experiment['objective'] | null,
  resolving: Resolving,
): SearchSpace | null {
  const { failed, report } = resolving
  checkNames(blocks, resolving)
  if (failed.has('space')) {
    if (objective?.kind === 'mlp-classifier') checkReadableParameters(objective.config, resolving)
    return null
  }
  let { space } = blocks
  if (space === undefined) {
    if (blocks.objective.kind === 'command') {
      report({
        path: ['space'],
        at: 'value',
        message: 'space is missing: a command can search only what the file names',
        hint: 'Write space: { learningRate: { float: [1e-4, 1], log: true } }.',
      })
      return null
    }
    space = blocks.objective.kind === 'module' ? EMPTY_SPACE : recipeSpace(resolving.raw)
  } else if (blocks.objective.kind === 'mlp-classifier') {
    checkFixedTwice(space, resolving)
    space = hardWhereBounded(space)
  }
  if (objective?.kind === 'mlp-classifier') checkParameters(space, objective.config, report)
  if (objective?.kind === 'command') checkPlaceholders(objective.command, space, report)
  if (blocks.require === undefined || failed.has('require')) return space
  const single = typeof resolving.raw.require === 'string'
  const tell = (index: number, message: string): void =>
    report({ path: single ? ['require'] : ['require', index], at: 'value', message })
  if (blocks.objective.kind === 'module') {
    // Names may be the module's: only the grammar can be checked here.
    for (const [index, rule] of blocks.require.entries()) {
      const message = constraintMistake(rule, rule.match(/[A-Za-z_]\w*/g) ?? [])
      if (message !== null) tell(index, message)
    }
    return { ...space, constraints: blocks.require }
  }
  const ruled = withConstraints(space, blocks.require)
  for (const { index, message } of ruled.mistakes) tell(index, message)
  return ruled.space
}

const PARAMETER_NAME = /^[\p{L}_][\p{L}\p{N}_.-]{0,79}$/u

/** Names stand in commands, tables and rules; the classifier's are a list of their own. */
function checkNames({ objective }: Blocks, { raw, report }: Resolving): void {
  if (objective.kind === 'mlp-classifier' || typeof raw.space !== 'object' || raw.space === null) return
  for (const name of Object.keys(raw.space)) {
    if (PARAMETER_NAME.test(name)) continue
    report({
      path: ['space', name],
      at: 'key',
      message: `A parameter can't be called ${describeValue(name)}`,
      hint: 'Names begin with a letter and hold letters, digits, "_", "-" and ".".',
    })
  }
}

const EMPTY_SPACE: SearchSpace = { parameters: {}, conditions: {}, constraints: [] }

/** The recipe's three ranges, without those that the file fixes in `model` or `training`. */
function recipeSpace(raw: Resolving['raw']): SearchSpace {
  const parameters = Object.entries(DEFAULT_SPACE.parameters).filter(([name]) => !isFixed(raw, name))
  return { ...DEFAULT_SPACE, parameters: Object.fromEntries(parameters) }
}

function isFixed(raw: Resolving['raw'], parameter: string): boolean {
  const [block, key] = RECIPE_SETTINGS[parameter] ?? []
  const settings = block === undefined ? undefined : raw[block]
  return (
    key !== undefined && typeof settings === 'object' && settings !== null && Object.hasOwn(settings, key)
  )
}

/**
 * A range of a setting with bounds of its own is hard, whatever the file says: narrowing that went past them would
 * draw a momentum of 1.1, or a layer of no units.
 */
function hardWhereBounded(space: SearchSpace): SearchSpace {
  const parameters = Object.entries(space.parameters).map(([name, distribution]) => {
    const rule = parameterRule(name)
    if (rule === null || (distribution.kind !== 'float' && distribution.kind !== 'int'))
      return [name, distribution]
    const bounded = rule.high <= 1 || (rule.low >= 1 && !distribution.log)
    return [name, bounded ? { ...distribution, hard: true } : distribution]
  })
  return { ...space, parameters: Object.fromEntries(parameters) }
}

function checkFixedTwice(space: SearchSpace, { raw, report }: Resolving): void {
  for (const [name, [block, key]] of Object.entries(RECIPE_SETTINGS)) {
    if (!Object.hasOwn(space.parameters, name) || !isFixed(raw, name)) continue
    report({
      path: [block, key],
      at: 'key',
      message: `${name} stands in ${block} and in space`,
      hint: 'Keep the one in space: it is what the trials take.',
    })
  }
}

/** In a space with mistakes, names the parameters that the classifier doesn't know as well: all in one reading. */
function checkReadableParameters(config: ClassifierConfig, { raw, report }: Resolving): void {
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
  checkParameters({ parameters, conditions: {}, constraints: [] }, config, (mistake) => {
    if (mistake.at === 'key' || !unreadable.has(String(mistake.path[1]))) report(mistake)
  })
}

function checkParameters(
  space: SearchSpace,
  config: ClassifierConfig,
  report: (mistake: Mistake) => void,
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

function checkPlaceholders(command: string, space: SearchSpace, report: (mistake: Mistake) => void): void {
  try {
    checkCommand(command, space)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    report({ path: ['objective', 'command'], at: 'value', message: error.message, hint: error.hint })
  }
}

function namesHint(candidates: readonly string[] | undefined): string | undefined {
  return candidates === undefined ? undefined : `mlp-classifier can search ${candidates.join(', ')}.`
}
