import type { Distribution, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { AxisView } from './narrow-axis.ts'
import type { Edge } from './narrow-decision.ts'
import { placeWithin } from './narrow-part.ts'
import { hasValue, rankTrials } from './rank.ts'
import type { PastTrial } from './sampler.ts'

/** How far the best trials must move, as a share of the range, before a side is spared for it. */
const LEAST_DRIFT = 0.05
/** The part of a stage's epochs after which the trials are ranked for comparison. */
const EARLY_PART = 3

/** Towards which end of a range the best trials move as they train longer. */
export interface Drift {
  readonly side: Edge
  /** How far the mean place of the best moved between the two epochs, as a share of the range. */
  readonly moved: number
  readonly fromEpoch: number
  readonly toEpoch: number
}

/** The epoch to compare the last one with: a third of all, rounded; null if that is not an earlier one. */
export function earlyEpoch(epochs: number): number | null {
  const early = Math.round(epochs / EARLY_PART)
  return early >= 1 && early < epochs ? early : null
}

/**
 * How the best trials of all epochs lie against the best of the same trials after a third of them: what a few epochs
 * prefer (shallow networks, high rates) shows as a move, and goes on with more epochs. Null where too little moves.
 */
export function driftOf(
  { name, root, ranked, eliteSize, early, direction }: AxisView,
  before: Distribution,
): Drift | null {
  if (early === null) return null
  const known = ranked.filter((trial) => hasValue(trial) && early.values.has(trial.number))
  const then = rankTrials(
    known.map((trial) => ({ ...trial, value: early.values.get(trial.number)! })),
    direction,
  )
  const place = (trials: readonly PastTrial[]): number =>
    meanPlace(trials.slice(0, eliteSize), name, (value) => placeWithin(before, root, value))
  const moved = place(known) - place(then)
  if (!(Math.abs(moved) > LEAST_DRIFT)) return null
  return {
    side: moved < 0 ? 'lower' : 'upper',
    moved: Math.abs(moved),
    fromEpoch: early.epoch,
    toEpoch: early.epochs,
  }
}

/** NaN if none of them has the parameter. */
function meanPlace(
  trials: readonly PastTrial[],
  name: string,
  placeOf: (value: ParamValue) => number,
): number {
  const places = trials.flatMap(({ params }) => {
    const value = own(params, name)
    const place = value === undefined ? Number.NaN : placeOf(value)
    return Number.isNaN(place) ? [] : [Math.min(1, Math.max(0, place))]
  })
  return places.reduce((sum, place) => sum + place, 0) / places.length
}
