import path from 'node:path'
import { resolveDataPaths } from '../data/data-config.ts'
import { CLASSIFIER_METRICS, classifierConfig } from '../objective/classifier-config.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import { closestName } from '../text/closest-name.ts'
import type { Direction } from '../trial.ts'
import type { Experiment } from './experiment.ts'
import type { Path } from './path.ts'
import { resolveSpace } from './resolve-space.ts'
import type { Blocks, Resolving } from './resolving.ts'
import { checkStartPoints, resolveStages } from './stage-blocks.ts'
import { CLASSIFIER_BLOCKS } from './study-blocks.ts'

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
  if (stages !== null) checkWarmStarts(stages, blocks, resolving)
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

/** A warm start needs one network to go on with: a command keeps none, folds train several. */
function checkWarmStarts(stages: readonly StagePlan[], blocks: Blocks, { failed, report }: Resolving): void {
  const { kind } = blocks.objective
  const folds = kind === 'mlp-classifier' && !failed.has('split') && blocks.split.folds !== undefined
  if (kind !== 'command' && !folds) return
  const reason = folds ? 'with folds there are several' : 'a command keeps none'
  for (const [index, stage] of stages.entries()) {
    if (!stage.warmStart) continue
    report({
      path: ['stages', index, 'warmStart'],
      at: 'value',
      message: `stages[${index}].warmStart goes on with the weights of one network; ${reason}`,
      hint: folds ? 'Drop warmStart, or split.folds.' : 'Drop warmStart.',
    })
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
