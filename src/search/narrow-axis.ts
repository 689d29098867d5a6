import type { Distribution } from '../space/distribution.ts'
import type { Direction } from '../trial.ts'
import type { NarrowReason, NarrowRemark, ParameterDecision } from './narrow-decision.ts'
import type { PastTrial } from './sampler.ts'

/** The values that trials had earlier, by number, and when that was. */
export interface EarlyValues {
  readonly epoch: number
  readonly epochs: number
  readonly values: ReadonlyMap<number, number>
}

/** One parameter of the trials to narrow by. */
export interface AxisView {
  readonly name: string
  /** The parameter's whole range. */
  readonly root: Distribution
  /** All trials, best first. */
  readonly ranked: readonly PastTrial[]
  /** How many of them are the best. */
  readonly eliteSize: number
  readonly margin: number
  readonly direction: Direction
  /** Values after a part of the epochs; null where a stage has too few. */
  readonly early: EarlyValues | null
  readonly streamName: readonly (string | number)[]
}

/** A trial on one axis; `place` is in units of the range. */
export interface Placed {
  readonly place: number
  readonly isElite: boolean
  readonly trial: PastTrial
}

/** Chances below this count as evidence. */
export const SIGNIFICANCE = 0.05

/** Below this many trials nothing can be said of where the best ones lie. */
export const LEAST_ELITE = 3

/** A parameter left as it is, and why. */
export function keptBecause(
  name: string,
  before: Distribution,
  reason: NarrowReason,
  remarks: readonly NarrowRemark[] = [],
): ParameterDecision {
  return { name, action: 'kept', before, after: before, reason, remarks }
}
