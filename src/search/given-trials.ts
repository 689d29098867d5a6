import { drawnBefore } from './imported-stages.ts'
import { hasValue, rankTrials } from './rank.ts'
import type { PastTrial, ProposalRequest } from './sampler.ts'
import type { StagePlan } from './stage-plan.ts'

/**
 * The trials that a stage with a warm start continues, best first: at most as many as it has trials left after
 * `startWith`. Only complete ones: one that was ended early left nothing to continue.
 */
export function promotedTrials({
  stages,
  stage,
  direction,
  earlier,
}: Pick<ProposalRequest, 'stages' | 'stage' | 'direction' | 'earlier'>): PastTrial[] {
  const plan = stages[stage]!
  if (!plan.warmStart) return []
  const stageBefore = drawnBefore(stages, stage)
  const before = earlier.filter(
    (trial) => trial.stage === stageBefore && trial.state === 'complete' && hasValue(trial),
  )
  return rankTrials(before, direction).slice(0, Math.max(0, plan.trials - plan.startWith.length))
}

/**
 * Which of the sampler's own trials the request is for, from 0, and how many of them the stage has: those that are
 * neither `startWith` points nor promotions, which come first.
 */
export function samplerTurn(request: ProposalRequest): { readonly turn: number; readonly turns: number } {
  const plan = request.stages[request.stage]!
  const given = plan.startWith.length + promotedTrials(request).length
  return { turn: request.index - given, turns: plan.trials - given }
}

/**
 * The same of a sampler whose trials are parts of a whole: draws from the whole range come between them, but are none
 * of its turns.
 */
export function ownTurn(request: ProposalRequest): { readonly turn: number; readonly turns: number } {
  const plan = request.stages[request.stage]!
  const { turn, turns } = samplerTurn(request)
  const given = plan.trials - turns
  const between = (index: number): number => rootTrialsBetween(request.stage, plan, given, index)
  return { turn: turn - between(request.index), turns: turns - between(plan.trials) }
}

/** How many draws from the whole range a stage has from one index up to another: evenly spread, none in the first stage. */
export function rootTrialsBetween(
  stage: number,
  { rootShare }: Pick<StagePlan, 'rootShare'>,
  from: number,
  to: number,
): number {
  return stage === 0 ? 0 : Math.floor(to * rootShare) - Math.floor(from * rootShare)
}
