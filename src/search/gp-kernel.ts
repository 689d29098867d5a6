import { exp } from '../numerics/elementary.ts'

/** What a Gaussian process learns from. */
export interface Observations {
  /** A place for each observation, in the sense of `placeOf`. */
  readonly places: readonly Float64Array[]
  /** Standardised: mean about 0, deviation about 1. */
  readonly values: Float64Array
  /** Observations of one group share a level that says nothing of other groups: values after other epochs. */
  readonly groups: Float64Array
  /** Which axes are choices, that are the same or not. */
  readonly isChoice: readonly boolean[]
}

/** The correlation of two observations of different groups at the same place. */
export const ACROSS_GROUPS = 0.9
/** The variance of a group's own level. */
export const GROUP_LEVEL = 1

/** The Matérn correlation (5/2) at a squared distance. */
export function correlation(squared: number): number {
  const r = Math.sqrt(5 * squared)
  return (1 + r + (r * r) / 3) * exp(-r)
}

/** Its derivative by the squared distance. */
export function correlationSlope(squared: number): number {
  const r = Math.sqrt(5 * squared)
  return (-5 / 6) * (1 + r) * exp(-r)
}

/** The squared distance of two places on an axis; parameters that exist at one of them only are as far as can be. */
export function square(a: number, b: number, isChoice: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : 1
  if (isChoice) return a === b ? 0 : 1
  return (a - b) * (a - b)
}

/** The squared distances of all pairs i > j on an axis, row after row. */
export function pairSquares(places: readonly Float64Array[], axis: number, isChoice: boolean): Float64Array {
  const n = places.length
  const squares = new Float64Array((n * (n - 1)) / 2)
  for (let i = 1, at = 0; i < n; i++) {
    for (let j = 0; j < i; j++) squares[at++] = square(places[i]![axis]!, places[j]![axis]!, isChoice)
  }
  return squares
}

/**
 * The covariances of all observations (their packed lower triangle) from the squared distances of all pairs, which become
 * the derivatives of their correlations by the squared distance: both need the same exponential.
 */
export function covariances(
  distances: Float64Array,
  groups: Float64Array,
  noise: number,
  into: Float64Array,
): void {
  for (let i = 0, pair = 0, at = 0; i < groups.length; i++) {
    for (let j = 0; j < i; j++, pair++, at++) {
      const r = Math.sqrt(5 * distances[pair]!)
      const decay = exp(-r)
      const alike = (1 + r + (r * r) / 3) * decay
      into[at] = groups[i] === groups[j] ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
      distances[pair] = (-5 / 6) * (1 + r) * decay
    }
    into[at++] = 1 + GROUP_LEVEL + noise
  }
}

/** Adds weight times the squared distances of `at` to a column's places; the inner loop of all predictions. */
export function addDistances(
  into: Float64Array,
  column: Float64Array,
  at: number,
  weight: number,
  isChoice: boolean,
): void {
  if (isChoice) {
    for (let i = 0; i < column.length; i++) if (column[i] !== at) into[i]! += weight
    return
  }
  for (let i = 0; i < column.length; i++) {
    const away = column[i]! - at
    into[i]! += weight * away * away
  }
}

/** The sum over the elements of `b`. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!
  return sum
}
