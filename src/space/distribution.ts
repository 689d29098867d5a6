/** A value a parameter can take; null only where it is a choice ("no weight decay") or fixed. */
export type ParamValue = number | string | boolean | null

/** One point of a search space: each active parameter's value by name. */
export type Params = Readonly<Record<string, ParamValue>>

/** A real number in [low, high], uniform, or uniform in the logarithm with `log` (then low > 0). */
export interface FloatDistribution {
  readonly kind: 'float'
  readonly low: number
  readonly high: number
  readonly log: boolean
  /** Values are low + k·step; null for a continuous parameter. Not with `log`. */
  readonly step: number | null
  /** True if narrowing never goes past the bounds, which is the default; false for a soft range. */
  readonly hard: boolean
}

/** A whole number in [low, high], both inclusive; with `log`, low >= 1. */
export interface IntDistribution {
  readonly kind: 'int'
  readonly low: number
  readonly high: number
  readonly log: boolean
  /** Values are low + k·step; 1 by default. With `log` only 1. */
  readonly step: number
  readonly hard: boolean
}

/** One of a list. `ordered` says that neighbours in the list are similar (8, 16, 32), so that it can be narrowed as a range. */
export interface CategoricalDistribution {
  readonly kind: 'categorical'
  readonly choices: readonly ParamValue[]
  readonly ordered: boolean
}

/** Always the same value. */
export interface FixedDistribution {
  readonly kind: 'fixed'
  readonly value: ParamValue
}

export type Distribution = FloatDistribution | IntDistribution | CategoricalDistribution | FixedDistribution

/** Whether it is a range of numbers, which has bounds. */
export function isRange(distribution: Distribution): distribution is FloatDistribution | IntDistribution {
  return distribution.kind === 'float' || distribution.kind === 'int'
}
