import type { Distribution } from '../space/distribution.ts'

/** What was decided for one parameter, with the numbers behind it. */
export interface ParameterDecision {
  readonly name: string
  /**
   * `narrowed` to a part of the range; `moved` past an edge, the far end cut; `extended` past an edge, the far end
   * left; `reduced` by choices; `kept` as it was.
   */
  readonly action: 'narrowed' | 'moved' | 'extended' | 'kept' | 'reduced'
  readonly before: Distribution
  readonly after: Distribution
  /** One clause for people, without the name and the ranges: "best 1.4e-5 lies at the lower edge: moved 1.7 decades below it". */
  readonly reason: string
  /** The figures the clause is made of, by name (pValue, margin, movedDecades, ...). */
  readonly figures: Readonly<Record<string, number>>
}

/** Why a stage searches where it does: stored with the stage, told by `explain`. */
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
