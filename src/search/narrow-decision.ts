import type { Distribution, ParamValue } from '../space/distribution.ts'

/** One end of a range. */
export type Edge = 'lower' | 'upper'

/**
 * Why a parameter's range is what it is, as a code with its figures; `report/` words it. `pValue` is the chance that
 * the best trials would lie as they do if the parameter had no influence.
 */
export type NarrowReason =
  /** Fewer trials with a value than an elite needs. */
  | { readonly code: 'too-few-values'; readonly withValue: number; readonly trials: number }
  /** The parameter is active in too few of the elite. */
  | { readonly code: 'too-few-elite'; readonly elite: number }
  /** `keep: 1`: every trial counts as one of the best. */
  | { readonly code: 'keeps-all'; readonly trials: number }
  /** This many trials tie across the border of the elite, so that none can be called better. */
  | { readonly code: 'tied'; readonly tied: number; readonly trials: number }
  /** The parameter has no measurable effect. */
  | { readonly code: 'flat'; readonly pValue: number }
  /** The elite lies as the whole stage does. */
  | { readonly code: 'no-trend'; readonly pValue: number }
  /** There is a trend, but too few trials beyond the elite to cut either end. */
  | { readonly code: 'ends-untested'; readonly pValue: number }
  /** Narrowed to `share` of the range on its own scale. */
  | {
      readonly code: 'concentrated'
      readonly pValue: number
      readonly share: number
      readonly best: ParamValue
    }
  /**
   * Moved or extended past an edge, by `decades` (log scale) or by `widths` of the range before. `bestAtEdge` is false
   * where the trend points there but the best trial itself lies farther inside.
   */
  | {
      readonly code: 'past-edge'
      readonly pValue: number
      readonly edge: Edge
      readonly best: ParamValue
      readonly bestAtEdge: boolean
      readonly reach: { readonly unit: 'decades' | 'widths'; readonly amount: number }
    }
  /** Extended to a trial of the root range that is among the best. */
  | { readonly code: 'elite-outside'; readonly pValue: number; readonly outermost: ParamValue }
  /** No choice is missing from the elite by more than chance. */
  | { readonly code: 'choices-present'; readonly pValue: number }
  /**
   * Choices that none of the elite has, by more than chance. `elite` counts those that have the parameter, `of` all of
   * them where these are more.
   */
  | {
      readonly code: 'choices-missing'
      readonly pValue: number
      readonly elite: number
      readonly of?: number
      readonly missing: readonly ParamValue[]
    }
  /** Choices of the root range, not of the stage's, that the elite has, and those of the stage's that it lacks. */
  | {
      readonly code: 'choices-back'
      readonly pValue: number
      readonly elite: number
      readonly of?: number
      readonly back: readonly ParamValue[]
      readonly missing: readonly ParamValue[]
    }
  /** A decision that version 1 of the store kept as a sentence. */
  | {
      readonly code: 'sentence'
      readonly text: string
      readonly figures: Readonly<Record<string, number>>
    }

/** Something beside the reason that a reader of the decision should know. */
export type NarrowRemark =
  /** All diverged trials lie on one side of `from`, by more than chance. */
  | {
      readonly code: 'diverged-side'
      readonly count: number
      readonly side: 'above' | 'below'
      readonly from: number
    }
  /** The best lies at a declared bound that is hard, and a soft one would have been passed. */
  | { readonly code: 'hard-bound'; readonly edge: Edge; readonly bound: number; readonly bestAtEdge: boolean }
  /** A side was not cut because the best moved towards it between the two epochs, by `moved` of the range. */
  | {
      readonly code: 'drift'
      readonly side: Edge
      readonly moved: number
      readonly fromEpoch: number
      readonly toEpoch: number
    }

/** What was decided for one parameter, with the numbers behind it. */
export interface ParameterDecision {
  readonly name: string
  /**
   * `narrowed` to a part of the range; `moved` past an edge, the far end cut; `extended` past an edge, the far end
   * left, or to what the elite has outside; `reduced` by choices; `kept` as it was.
   */
  readonly action: 'narrowed' | 'moved' | 'extended' | 'kept' | 'reduced'
  readonly before: Distribution
  readonly after: Distribution
  readonly reason: NarrowReason
  readonly remarks: readonly NarrowRemark[]
}

/** Why a stage searches where it does: stored with the stage, shown by `explain`. */
export interface NarrowDecision {
  /** How many trials it looked at, and how many of them diverged or failed. */
  readonly trials: number
  readonly diverged: number
  readonly failed: number
  /** Numbers of the best trials, best first. */
  readonly elite: readonly number[]
  readonly keep: number
  readonly margin: number
  /** The share of the next stage's trials that still samples the whole root range. */
  readonly rootShare: number
  readonly parameters: readonly ParameterDecision[]
}
