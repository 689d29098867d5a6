import type { Distribution } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { effectProfiles } from './effect-profile.ts'
import { keptBecause, LEAST_ELITE } from './narrow-axis.ts'
import { narrowChoices } from './narrow-choices.ts'
import type { NarrowDecision, ParameterDecision } from './narrow-decision.ts'
import { narrowRange } from './narrow-range.ts'
import { hasValue, rankTrials } from './rank.ts'
import type { PastTrial } from './sampler.ts'
import type { StagePlan } from './stage-plan.ts'

export interface NarrowRequest {
  /** The box of the stage that ended. */
  readonly space: SearchSpace
  /** The whole range of the study. */
  readonly root: SearchSpace
  /** The stage's trials, all finished. */
  readonly trials: readonly PastTrial[]
  readonly direction: Direction
  /** The next stage: its `keep`, `margin` and `rootShare` are what counts. */
  readonly plan: StagePlan
  /** Names the streams of the tests by permutation. */
  readonly streamName: readonly (string | number)[]
}

/**
 * Where the next stage searches: the box of the best trials, widened by a margin, moved or extended where the best
 * lies at an edge, and left alone where a parameter shows no influence. Diverged and failed trials count as bad ones.
 * Works in the unit cube of the scaled space. Pure.
 */
export function narrow(request: NarrowRequest): {
  readonly space: SearchSpace
  readonly decision: NarrowDecision
} {
  const { space, root, direction, plan, streamName } = request
  const { keep, margin, rootShare } = plan
  const ranked = rankTrials(request.trials, direction)
  const withValue = ranked.filter(hasValue).length
  const size = Math.min(withValue, Math.max(LEAST_ELITE, Math.ceil(keep * ranked.length)))
  const elite = ranked.slice(0, size)

  const tooFew = size < LEAST_ELITE || size >= ranked.length
  const profiles = tooFew ? null : effectProfiles(space, ranked, size, direction)
  const parameters: ParameterDecision[] = []
  const narrowed: Record<string, Distribution> = {}
  for (const [name, before] of Object.entries(space.parameters)) {
    narrowed[name] = before
    if (before.kind === 'fixed') continue
    const view = {
      name,
      root: root.parameters[name] ?? before,
      ranked,
      elite: size,
      margin,
      streamName: [...streamName, name],
    }
    const decision =
      profiles === null
        ? keptBecause(name, before, { code: 'too-few-values', withValue, trials: ranked.length })
        : before.kind === 'categorical' && !before.ordered
          ? narrowChoices(view, before)
          : narrowRange(view, before, profiles.get(name)!)
    parameters.push(decision)
    narrowed[name] = decision.after
  }
  return {
    space: { ...space, parameters: narrowed },
    decision: {
      trials: ranked.length,
      diverged: ranked.filter((trial) => trial.state === 'diverged').length,
      failed: ranked.filter((trial) => trial.state === 'failed').length,
      elite: elite.map((trial) => trial.number),
      keep,
      margin,
      rootShare,
      parameters,
    },
  }
}
