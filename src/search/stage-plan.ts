import type { Params } from '../space/distribution.ts'

/** Every sampler, by the name that a study file gives it. */
export const SAMPLER_NAMES = ['random', 'sobol', 'grid', 'tpe', 'gp'] as const

export type SamplerName = (typeof SAMPLER_NAMES)[number]

/** A last stage that runs the best points again with other seeds. */
export interface Replicate {
  /** How many of the best points. */
  readonly top: number
  /** How often each. */
  readonly seeds: number
}

/** One round of sampling in one box, all defaults filled in. Plain data. */
export interface StagePlan {
  readonly name: string
  readonly trials: number
  readonly epochs: number
  /** A `SamplerName`, or the name of a sampler that the program which runs the study brings along. */
  readonly sampler: string
  /** The best fraction of the stage before that this stage's box is narrowed to, in (0, 1]. */
  readonly keep: number
  /** By how much the elite's box is widened on each side, as a fraction of the elite's width. */
  readonly margin: number
  /** The share of this stage's trials that still samples the whole root range, in [0, 1). */
  readonly rootShare: number
  /** True if this stage continues the kept weights of the best trials of the stage before, instead of drawing new points. */
  readonly warmStart: boolean
  /** Ascending epochs at which its trials are compared, and ended if they are behind; empty for none. */
  readonly rungs: readonly number[]
  /** About one trial in this many goes on past a rung; above 1. */
  readonly reduce: number
  /** Points to try first. */
  readonly startWith: readonly Params[]
  /** Set for a last stage that runs the best points again with other seeds, instead of drawing. */
  readonly replicate?: Replicate | undefined
  /** Set for a stage of imported trials: none is drawn. `narrow`: the first stage that draws is narrowed by them. */
  readonly imported?: { readonly narrow: boolean } | undefined
}

/** When a study has nothing left to win. */
export interface StopSettings {
  /** A value at least this good; null for none. */
  readonly target: number | null
  /** This many trials in a row, in order of number, none better than the stage's best before them; null for no limit. */
  readonly patience: number | null
}
