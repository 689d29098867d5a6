import path from 'node:path'
import type { z } from 'zod'
import { resolveDataPaths } from '../data/data-config.ts'
import { UserError } from '../errors.ts'
import {
  CLASSIFIER_METRICS,
  type ClassifierConfig,
  classifierConfig,
} from '../objective/classifier-config.ts'
import { checkClassifierSpace, searchableNames } from '../objective/classifier-parameters.ts'
import { checkCommand } from '../objective/placeholders.ts'
import { DEFAULT_SPACE } from '../space/default-space.ts'
import type { Distribution } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { spaceSchema, withConstraints } from '../space/space-schema.ts'
import type { Direction } from '../trial.ts'
import { closestName } from './closest-name.ts'
import type { Experiment } from './experiment.ts'
import type { Mistake } from './mistakes.ts'
import type { Path } from './path.ts'
import { checkStartPoints, resolveStages } from './stage-blocks.ts'
import { type BLOCKS, type BlockName, CLASSIFIER_BLOCKS } from './study-blocks.ts'

/** What the blocks of a file say, each on its own; one that is in `failed` is missing. */
export type Blocks = { readonly [Name in BlockName]: z.output<(typeof BLOCKS)[Name]> }

export interface Resolving {
  /** The file as plain data, to tell what it says from what is filled in. */
  readonly raw: Readonly<Record<string, unknown>>
  /** Blocks that could not be read: what depends on them is not looked at, their mistakes are told already. */
  readonly failed: ReadonlySet<BlockName>
  /** Absolute. */
  readonly file: string
  readonly exists: (path: string) => boolean
  readonly report: (mistake: Mistake) => void
}

/** Brings the blocks together and checks what they say of each other; null if they can't make an experiment. */
export function resolveExperiment(blocks: Blocks, resolving: Resolving): Experiment | null {
  const { failed, report } = resolving
  const stages =
    failed.has('stages') || failed.has('budget') ? null : resolveStages(blocks.stages, blocks.budget, report)
  if (failed.has('objective')) return null
  checkBlocksBelong(blocks, resolving)
  const aim = resolveAim(blocks, resolving)
  const objective = resolveObjective(blocks, aim, resolving)
  const space = resolveSpace(blocks, objective, resolving)
  if (stages !== null && space !== null && Object.keys(space.parameters).length > 0) {
    checkStartPoints(stages, space, report)
  }
  if (stages === null || aim === null || objective === null || space === null) return null
  return {
    name: blocks.name ?? nameOf(resolving.file),
    seed: blocks.seed,
    direction: aim.direction,
    metric: aim.metric,
    lag: blocks.lag,
    objective,
    space,
    stages,
    limits: blocks.limits,
  }
}

/** A study without a name is called like its file. */
function nameOf(file: string): string {
  const bare = path.basename(file, path.extname(file))
  const name = bare.replace(/[^\p{L}\p{N} ._-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '')
  return name.slice(0, 80) || 'study'
}

function checkBlocksBelong({ objective }: Blocks, { raw, report }: Resolving): void {
  if (objective.kind === 'mlp-classifier') return
  for (const block of CLASSIFIER_BLOCKS) {
    if (!Object.hasOwn(raw, block)) continue
    report({
      path: [block],
      at: 'key',
      message: `${block} is a block of objective mlp-classifier; a ${objective.kind} reads none`,
      hint: `Leave ${block} out, or write objective: mlp-classifier.`,
    })
  }
}

interface Aim {
  readonly metric: string
  readonly direction: Direction
}

/** What is ranked by, and which way: for the classifier the one follows from the other. */
function resolveAim(blocks: Blocks, { failed, report }: Resolving): Aim | null {
  if (failed.has('metric') || failed.has('direction')) return null
  const { metric, direction } = blocks
  if (blocks.objective.kind !== 'mlp-classifier') {
    if (direction !== undefined) return { metric: metric ?? 'value', direction }
    report({
      path: ['direction'],
      at: 'value',
      message: `direction is missing: nothing tells which way the value of a ${blocks.objective.kind} gets better`,
      hint: 'Write direction: minimize or direction: maximize.',
    })
    return null
  }
  const known = Object.keys(CLASSIFIER_METRICS)
  if (metric === undefined) {
    return direction === 'minimize'
      ? { metric: 'validLoss', direction }
      : { metric: 'validAccuracy', direction: 'maximize' }
  }
  const natural = Object.hasOwn(CLASSIFIER_METRICS, metric) ? CLASSIFIER_METRICS[metric] : undefined
  if (natural === undefined) {
    const near = closestName(metric, known)
    report({
      path: ['metric'],
      at: 'value',
      message: `metric must be one of ${known.join(', ')}, got ${JSON.stringify(metric)}`,
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    })
    return null
  }
  if (direction !== undefined && direction !== natural) {
    report({
      path: ['direction'],
      at: 'value',
      message: `direction must be ${natural} for metric ${metric}, got ${direction}`,
      hint: 'Leave direction out: it follows from the metric.',
    })
    return null
  }
  return { metric, direction: natural }
}

function resolveObjective(
  blocks: Blocks,
  aim: Aim | null,
  { failed, file, exists, report }: Resolving,
): Experiment['objective'] | null {
  const folder = path.dirname(file)
  const existing = (where: Path, absolute: string, what: string): void => {
    if (exists(absolute)) return
    report({
      path: where,
      at: 'value',
      message: `There is no ${what} ${absolute}`,
      hint: 'A path is taken from the folder of the study file.',
    })
  }
  const { objective } = blocks
  if (objective.kind === 'module') {
    const absolute = path.resolve(folder, objective.path)
    existing(['objective'], absolute, 'module')
    return { kind: 'module', file: absolute }
  }
  if (objective.kind === 'command') {
    const cwd = path.resolve(folder, objective.cwd ?? '.')
    existing(['objective', 'cwd'], cwd, 'folder')
    return { kind: 'command', command: objective.command, cwd }
  }
  if (!failed.has('data')) {
    const { data } = resolveDataPaths(
      { data: blocks.data, split: {} as Blocks['split'], preprocess: {} as Blocks['preprocess'] },
      folder,
    )
    if ('path' in data) existing(['data', 'path'], data.path, 'file or folder')
    if ('labels' in data && data.labels !== undefined) existing(['data', 'labels'], data.labels, 'file')
  }
  if (aim === null || CLASSIFIER_BLOCKS.some((block) => failed.has(block))) return null
  const { data, split, preprocess } = blocks
  return {
    kind: 'mlp-classifier',
    config: classifierConfig(blocks.model, blocks.training, aim.metric, aim.direction),
    data: resolveDataPaths({ data, split, preprocess }, folder),
  }
}

/** The settings that a space may search, as the recipe does where a file names no space. */
const RECIPE_SETTINGS: Readonly<Record<string, readonly [block: 'model' | 'training', key: string]>> = {
  learningRate: ['training', 'learningRate'],
  reg: ['training', 'reg'],
  dropout: ['model', 'dropout'],
}

/** The space of the file with its rules; that of a module that brings its own is empty here. */
function resolveSpace(
  blocks: Blocks,
  objective: Experiment['objective'] | null,
  resolving: Resolving,
): SearchSpace | null {
  const { failed, report } = resolving
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
  }
  if (objective?.kind === 'mlp-classifier') checkParameters(space, objective.config, report)
  if (objective?.kind === 'command') checkPlaceholders(objective.command, space, report)
  if (blocks.require === undefined || failed.has('require')) return space
  if (blocks.objective.kind === 'module' && blocks.space === undefined) {
    return { ...space, constraints: blocks.require }
  }
  const ruled = withConstraints(space, blocks.require)
  const single = typeof resolving.raw.require === 'string'
  for (const { index, message } of ruled.mistakes) {
    report({ path: single ? ['require'] : ['require', index], at: 'value', message })
  }
  return ruled.space
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
