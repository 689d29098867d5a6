import type { Params } from '../space/distribution.ts'
import { pointKey } from '../space/points.ts'
import { createSampler } from './create-sampler.ts'
import { promotedTrials } from './given-trials.ts'
import { NO_OWN_SAMPLERS, type OwnSamplers, proposeChecked } from './own-samplers.ts'
import { randomSampler } from './random-sampler.ts'
import { type PastTrial, type ProposalRequest, trialStream } from './sampler.ts'
import type { StagePlan } from './stage-plan.ts'
import { completedPoint } from './start-point.ts'

/** What a trial is to run. */
export interface TrialProposal {
  readonly params: Params
  /** The number of the trial whose kept weights it continues; null to start from scratch. */
  readonly continues: number | null
}

/** How many of its stage's trials the trial of that index sees: 0 .. index - lag. It may start when these are finished. */
export function visibleCount(index: number, lag: number): number {
  return Math.max(0, index - lag + 1)
}

/** Whether the stage's trials wait for results that the lag lets them see; else all may start at once. */
export function isAdaptive(
  stage: Pick<StagePlan, 'sampler' | 'replicate'>,
  own: OwnSamplers = NO_OWN_SAMPLERS,
): boolean {
  return stage.replicate === undefined && createSampler(stage.sampler, own).adaptive
}

/** Whether a point tried in the one stage is not to be tried again in the other: the same epochs would give the same. */
export function countsAsTaken(earlier: StagePlan, stage: StagePlan): boolean {
  return earlier.epochs === stage.epochs
}

/** Keys of the points of earlier stages that are not to be tried again in the stage of that index. */
export function takenBefore(
  stages: readonly StagePlan[],
  stage: number,
  earlier: readonly PastTrial[],
): Set<string> {
  const alike = earlier.filter((trial) => countsAsTaken(stages[trial.stage]!, stages[stage]!))
  return new Set(alike.map(({ params }) => pointKey(params)))
}

/**
 * The params of a stage's trial `index`: first the stage's `startWith` points, then promotions of a warm start
 * (the best trials of the stage before, continued), then what the sampler proposes, with a share of draws from the
 * whole root range between them. Pure. Throws UserError('usage') if no point satisfies the constraints.
 */
export function proposeTrial(request: ProposalRequest, own: OwnSamplers = NO_OWN_SAMPLERS): TrialProposal {
  const { index, root } = request
  const plan = request.stages[request.stage]!
  const first = plan.startWith[index]
  if (first !== undefined) return fromScratch(completedPoint(root, first, trialStream(request, 'start-with')))
  const promoted = promotedTrials(request)[index - plan.startWith.length]
  if (promoted !== undefined) return { params: promoted.params, continues: promoted.number }
  if (request.stage > 0 && isRootTrial(index, plan.rootShare)) {
    return fromScratch(randomSampler.propose({ ...request, space: root }))
  }
  const sampler = createSampler(plan.sampler, own)
  return fromScratch(own.has(plan.sampler) ? proposeChecked(sampler, request) : sampler.propose(request))
}

/** Whether the trial of that index is one of the stage's root draws: evenly spread, none among the first. */
export function isRootTrial(index: number, rootShare: number): boolean {
  return Math.floor((index + 1) * rootShare) > Math.floor(index * rootShare)
}

function fromScratch(params: Params): TrialProposal {
  return { params, continues: null }
}
