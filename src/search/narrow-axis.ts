import type { Distribution } from '../space/distribution.ts'
import type { NarrowReason, NarrowRemark, ParameterDecision } from './narrow-decision.ts'
import type { PastTrial } from './sampler.ts'

/** One parameter of the trials to narrow by. */
export interface AxisView {
  readonly name: string
  /** The parameter's whole range. */
  readonly root: Distribution
  /** All trials, best first. */
  readonly ranked: readonly PastTrial[]
  /** How many of them are the best. */
  readonly elite: number
  readonly margin: number
  readonly streamName: readonly (string | number)[]
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
