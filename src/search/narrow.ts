import type { Distribution } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { effectProfiles } from './effect-profile.ts'
import { type AxisView, type EarlyValues, keptBecause, LEAST_ELITE } from './narrow-axis.ts'
import { narrowChoices } from './narrow-choices.ts'
import type { NarrowDecision, NarrowReason, ParameterDecision } from './narrow-decision.ts'
import { narrowRange } from './narrow-range.ts'
import { areTied, hasValue, rankTrials } from './rank.ts'
import type { PastTrial } from './sampler.ts'

/** A product that decimals have above a whole number, like 0.28 · 25, is that number. */
const EXACT = 1 - 1e-12

export interface NarrowRequest {
  /** The box of the stage that ended. */
  readonly space: SearchSpace
  /** The whole range of the study. */
  readonly root: SearchSpace
  /** The stage's trials, all finished. */
  readonly trials: readonly PastTrial[]
  /** Their values after a third of the stage's epochs; null if it has too few for that. */
  readonly early?: EarlyValues | null
  readonly direction: Direction
  /** How the next stage narrows. A StagePlan has it. */
  readonly plan: { readonly keep: number; readonly margin: number; readonly rootShare: number }
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
  const { space, direction, plan } = request
  const { keep, margin, rootShare } = plan
  const ranked = rankTrials(request.trials, direction)
  const { size, nothing } = eliteOf(ranked, keep, direction)
  const elite = ranked.slice(0, size)
  const profiles = nothing === null ? effectProfiles(space, ranked, size, direction) : null
  const parameters: ParameterDecision[] = []
  const narrowed: Record<string, Distribution> = {}
  for (const [name, before] of Object.entries(space.parameters)) {
    narrowed[name] = before
    if (before.kind === 'fixed') continue
    const view = viewOf(request, name, ranked, size)
    const decision =
      nothing !== null
        ? keptBecause(name, before, nothing)
        : before.kind === 'categorical' && !before.ordered
          ? narrowChoices(view, before)
          : narrowRange(view, before, profiles!.get(name)!)
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

/** One searched parameter of a request whose trials are ranked. @param eliteSize how many of them are the best */
export function viewOf(
  { space, root, direction, plan, streamName, early = null }: NarrowRequest,
  name: string,
  ranked: readonly PastTrial[],
  eliteSize: number,
): AxisView {
  return {
    name,
    ranked,
    eliteSize,
    direction,
    early,
    root: root.parameters[name] ?? space.parameters[name]!,
    margin: plan.margin,
    streamName: [...streamName, name],
  }
}

/** How many of the ranked trials count as the best, and why nothing follows from them, if nothing does. */
export function eliteOf(
  ranked: readonly PastTrial[],
  keep: number,
  direction: Direction,
): { readonly size: number; readonly nothing: NarrowReason | null } {
  const trials = ranked.length
  const withValue = ranked.filter(hasValue).length
  const wanted = Math.min(withValue, Math.max(LEAST_ELITE, Math.ceil(keep * trials * EXACT)))
  if (wanted < LEAST_ELITE) return { size: wanted, nothing: { code: 'too-few-values', withValue, trials } }
  if (keep === 1) return { size: wanted, nothing: { code: 'keeps-all', trials } }
  if (wanted >= trials) return { size: wanted, nothing: { code: 'too-few-values', withValue, trials } }
  const { size, tied } = withoutSplitTie(ranked, wanted, direction)
  return size === null ? { size: wanted, nothing: { code: 'tied', tied, trials } } : { size, nothing: null }
}

/**
 * A number of best trials whose last is better than the next one, as near to the wanted one as can be: trials alike
 * across the border would be told apart by their numbers alone. Null if all are alike but for too few.
 */
function withoutSplitTie(
  ranked: readonly PastTrial[],
  wanted: number,
  direction: Direction,
): { readonly size: number | null; readonly tied: number } {
  const last = ranked[wanted - 1]!
  let from = wanted - 1
  while (from > 0 && areTied(ranked[from - 1]!, last, direction)) from--
  let to = wanted
  while (to < ranked.length && areTied(ranked[to]!, last, direction)) to++
  const sizes = [from, to].filter((size) => size >= LEAST_ELITE && size < ranked.length)
  if (to === wanted) return { size: wanted, tied: 0 }
  sizes.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))
  return { size: sizes[0] ?? null, tied: to - from }
}
