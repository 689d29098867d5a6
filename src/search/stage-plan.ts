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
  readonly sampler: SamplerName
  /** The best fraction of the stage before that this stage's box is narrowed to, in (0, 1]. */
  readonly keep: number
  /** By how much the elite's box is widened on each side, as a fraction of the elite's width. */
  readonly margin: number
  /** The share of this stage's trials that still samples the whole root range, in [0, 1). */
  readonly rootShare: number
  /** True if this stage continues the kept weights of the best trials of the stage before, instead of drawing anew. */
  readonly warmStart: boolean
  /** Points to try first. */
  readonly startWith: readonly Params[]
  /** Set for a last stage that runs the best points again with other seeds, instead of drawing. */
  readonly replicate?: Replicate | undefined
}
