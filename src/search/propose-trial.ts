import { fastGenerator } from '../random/fast-generator.ts'
import type { Params } from '../space/distribution.ts'
import { pointKey, sampleUniform, withoutInactive } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { createSampler } from './create-sampler.ts'
import { randomSampler } from './random-sampler.ts'
import { hasValue, rankTrials } from './rank.ts'
import type { PastTrial, ProposalRequest } from './sampler.ts'
import type { StagePlan } from './stage-plan.ts'

/** Everything that decides a trial's params. Plain data: the same request gives the same proposal. */
export interface TrialRequest {
  readonly seed: number
  readonly stages: readonly StagePlan[]
  readonly stageIndex: number
  /** The trial's index within its stage, from 0. */
  readonly index: number
  /** The stage's box. */
  readonly stageSpace: SearchSpace
  /** The whole range of the study. */
  readonly root: SearchSpace
  readonly direction: Direction
  /** All trials of the stages before, in order of number, all finished. */
  readonly earlier: readonly PastTrial[]
  /**
   * The first `visibleCount(index, lag)` trials of this stage, in order of number, all finished.
   * May be empty for a stage that is not adaptive.
   */
  readonly history: readonly PastTrial[]
  /** Params of this stage's trials from `history.length` to `index`; may be empty if the stage is not adaptive and `taken` is given. */
  readonly pending: readonly Params[]
  /**
   * Keys (`pointKey`) of all points proposed before this one in this stage, and in the stages before that had the
   * same epochs (`countsAsTaken`). Worked out from the other fields if left out, in time that grows with the trials:
   * a study loop adds to one set instead.
   */
  readonly taken?: ReadonlySet<string>
}

/** What a trial is to run. */
export interface TrialProposal {
  readonly params: Params
  /** The number of the trial whose kept weights it continues; null to start anew. */
  readonly continues: number | null
}

/** How many of its stage's trials the trial of that index sees: 0 .. index - lag. It may start when these are finished. */
export function visibleCount(index: number, lag: number): number {
  return Math.max(0, index - lag + 1)
}

/** Whether the stage's trials wait for results that the lag lets them see; else all may start at once. */
export function isAdaptive(stage: StagePlan): boolean {
  return createSampler(stage.sampler).adaptive
}

/** Whether a point tried in the one stage is not to be tried again in the other: the same epochs would give the same. */
export function countsAsTaken(earlier: StagePlan, stage: StagePlan): boolean {
  return earlier.epochs === stage.epochs
}

/**
 * The params of a stage's trial `index`: first the stage's `startWith` points, then promotions of a warm start
 * (the best trials of the stage before, continued), then what the sampler proposes, with a share of draws from the
 * whole root range between them. Pure. Throws UserError('usage') if no point keeps the constraints.
 */
export function proposeTrial(request: TrialRequest): TrialProposal {
  const { seed, stages, stageIndex, index, root, stageSpace } = request
  const stage = stages[stageIndex]!
  const stageStreamName = [seed, 'stage', stageIndex]
  const streamName = [...stageStreamName, 'trial', index]

  const first = stage.startWith[index]
  if (first !== undefined) return anew(completed(root, first, [...streamName, 'start-with']))

  const promotions = promotedTrials(request)
  const promoted = promotions[index - stage.startWith.length]
  if (promoted !== undefined) return { params: promoted.params, continues: promoted.number }

  const fromRoot = stageIndex > 0 && isRootTrial(index, stage.rootShare)
  const proposal: ProposalRequest = {
    space: fromRoot ? root : stageSpace,
    index: index - stage.startWith.length - promotions.length,
    trials: stage.trials - stage.startWith.length - promotions.length,
    stage: stageIndex,
    stageEpochs: stages.map(({ epochs }) => epochs),
    earlier: request.earlier,
    history: request.history,
    pending: request.pending,
    taken: request.taken ?? takenPoints(request, stage),
    direction: request.direction,
    streamName,
    stageStreamName,
  }
  return anew((fromRoot ? randomSampler : createSampler(stage.sampler)).propose(proposal))
}

/** Whether the trial of that index is one of the stage's root draws: evenly spread, none among the first. */
export function isRootTrial(index: number, rootShare: number): boolean {
  return Math.floor((index + 1) * rootShare) > Math.floor(index * rootShare)
}

/**
 * The trials that a stage with a warm start continues, best first: at most as many as it has trials left after
 * `startWith`. Only complete ones: one that was ended early left nothing to continue.
 */
export function promotedTrials({
  stages,
  stageIndex,
  direction,
  earlier,
}: Pick<TrialRequest, 'stages' | 'stageIndex' | 'direction' | 'earlier'>): PastTrial[] {
  const stage = stages[stageIndex]!
  if (!stage.warmStart) return []
  const before = earlier.filter(
    (trial) => trial.stage === stageIndex - 1 && trial.state === 'complete' && hasValue(trial),
  )
  return rankTrials(before, direction).slice(0, Math.max(0, stage.trials - stage.startWith.length))
}

function takenPoints(request: TrialRequest, stage: StagePlan): Set<string> {
  const taken = new Set<string>()
  for (const trial of request.earlier) {
    const before = request.stages[trial.stage]
    if (before !== undefined && countsAsTaken(before, stage)) taken.add(pointKey(trial.params))
  }
  for (const trial of request.history) taken.add(pointKey(trial.params))
  for (const params of request.pending) taken.add(pointKey(params))
  return taken
}

/** A point given in part, the rest of it drawn. */
function completed(space: SearchSpace, part: Params, streamName: readonly (string | number)[]): Params {
  const drawn = sampleUniform({ ...space, conditions: {} }, fastGenerator(streamName))
  return withoutInactive(space, { ...drawn, ...part })
}

function anew(params: Params): TrialProposal {
  return { params, continues: null }
}
