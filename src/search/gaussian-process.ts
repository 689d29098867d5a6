import { cholesky, solveLower, solveUpper } from '../numerics/cholesky.ts'
import { fitParameters, type GpParameters } from './gp-fit.ts'
import {
  ACROSS_GROUPS,
  correlation,
  correlationSlope,
  covariances as fillCovariances,
  GROUP_LEVEL,
  type Observations,
  pairSquares,
  square,
} from './gp-kernel.ts'

export interface Prediction {
  readonly mean: number
  readonly deviation: number
}

/** A surrogate of what is measured: its mean and its uncertainty anywhere. */
export interface GaussianProcess {
  /** At a place, for the given group, without the noise of a measurement. */
  predict(place: Float64Array, group: number): Prediction
  /** The mean of `predict` alone, in O(n) instead of O(n²). */
  meanAt(place: Float64Array, group: number): number
  /**
   * The same as `predict`; also writes how the mean and the deviation change along each axis, per unit of the box,
   * into arrays with a number for each axis. 0 for choices and for parameters that do not exist at the place.
   */
  predictWithSlope(
    place: Float64Array,
    group: number,
    meanSlope: Float64Array,
    deviationSlope: Float64Array,
  ): Prediction
  /** The standard deviation of a measurement around what is predicted, in the units of the values. */
  readonly noise: number
  /** The same process, had it seen its own mean at these places: what pending trials do to its uncertainty. */
  believing(places: readonly Float64Array[], group: number): GaussianProcess
}

/**
 * Fits a Gaussian process with a Matérn kernel (5/2): each axis has a length, the distance at which values stop being
 * alike; these and the noise of a measurement are those of the largest posterior density. O(n³) for n observations.
 * Deterministic.
 * Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), 2.2, 4.2, 5.4.
 */
export function fitGaussianProcess(observations: Observations): GaussianProcess {
  const parameters = fitParameters(observations)
  for (let noise = parameters.noise; ; noise = 10 * noise) {
    const fitted = { ...parameters, noise }
    const fit = factored(observations, fitted)
    if (fit !== null) return processOf(observations, fitted, fit)
  }
}

/** The Cholesky factor of the covariances, the whitened values, and the scale of the values. */
interface Fit {
  readonly factor: Float64Array
  readonly white: Float64Array
  readonly variance: number
}

/** Null if rounding leaves no positive definite matrix. */
function factored({ places, values, groups, isChoice }: Observations, parameters: GpParameters): Fit | null {
  const n = values.length
  const distances = new Float64Array((n * (n - 1)) / 2)
  for (const [axis, choice] of isChoice.entries()) {
    const precision = parameters.precisions[axis]!
    const squares = pairSquares(places, axis, choice)
    for (let p = 0; p < squares.length; p++) distances[p]! += precision * squares[p]!
  }
  const factor = new Float64Array((n * (n + 1)) / 2)
  fillCovariances(distances, groups, parameters.noise, factor)
  if (!cholesky(factor, n)) return null
  const white = values.slice()
  solveLower(factor, n, white)
  let squares = 1
  for (const value of white) squares += value * value
  return { factor, white, variance: squares / (n + 1) }
}

function processOf(
  observations: Observations,
  { precisions, noise }: GpParameters,
  fit: Fit,
): GaussianProcess {
  const { places, isChoice, groups } = observations
  const { factor, white, variance } = fit
  const n = places.length
  const axes = isChoice.length
  const columns = isChoice.map((_, axis) => Float64Array.from(places, (place) => place[axis]!))
  const missing = columns.map((column) => column.some(Number.isNaN))

  /** Squared distances of a place to all observations. */
  const distancesTo = (place: Float64Array, into: Float64Array): void => {
    into.fill(0, 0, n)
    for (let axis = 0; axis < axes; axis++) {
      const at = place[axis]!
      if (missing[axis] || Number.isNaN(at)) {
        const column = columns[axis]!
        for (let i = 0; i < n; i++) into[i]! += precisions[axis]! * square(at, column[i]!, isChoice[axis]!)
      } else addDistances(into, columns[axis]!, at, precisions[axis]!, isChoice[axis]!)
    }
  }
  /** Covariances of a place with all observations. */
  const covariances = (place: Float64Array, group: number, into: Float64Array): void => {
    distancesTo(place, into)
    for (let i = 0; i < n; i++) {
      const alike = correlation(into[i]!)
      into[i] = groups[i] === group ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
    }
  }
  /** The same, whitened. */
  const whiten = (place: Float64Array, group: number, into: Float64Array): void => {
    covariances(place, group, into)
    solveLower(factor, n, into)
  }
  let weights: Float64Array | null = null
  const weightsOf = (): Float64Array => {
    const solved = white.slice()
    solveUpper(factor, n, solved)
    return solved
  }
  const scratch = new Float64Array(n)
  const slopes = new Float64Array(n)
  return {
    predict(place, group) {
      whiten(place, group, scratch)
      let mean = 0
      let explained = 0
      for (let i = 0; i < n; i++) {
        const value = scratch[i]!
        mean += value * white[i]!
        explained += value * value
      }
      return { mean, deviation: Math.sqrt(variance * Math.max(1e-10, 1 + GROUP_LEVEL - explained)) }
    },
    meanAt(place, group) {
      weights ??= weightsOf()
      covariances(place, group, scratch)
      let mean = 0
      for (let i = 0; i < n; i++) mean += scratch[i]! * weights[i]!
      return mean
    },
    predictWithSlope(place, group, meanSlope, deviationSlope) {
      weights ??= weightsOf()
      distancesTo(place, slopes)
      for (let i = 0; i < n; i++) {
        const squared = slopes[i]!
        const alike = correlation(squared)
        const same = groups[i] === group
        scratch[i] = same ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
        slopes[i] = (same ? 2 : 2 * ACROSS_GROUPS) * correlationSlope(squared)
      }
      let mean = 0
      for (let i = 0; i < n; i++) mean += scratch[i]! * weights[i]!
      solveLower(factor, n, scratch)
      let explained = 0
      for (let i = 0; i < n; i++) explained += scratch[i]! * scratch[i]!
      solveUpper(factor, n, scratch)
      const deviation = Math.sqrt(variance * Math.max(1e-10, 1 + GROUP_LEVEL - explained))
      for (let axis = 0; axis < axes; axis++) {
        let up = 0
        let down = 0
        const at = place[axis]!
        if (!isChoice[axis] && !Number.isNaN(at)) {
          const column = columns[axis]!
          for (let i = 0; i < n; i++) {
            const away = at - column[i]!
            if (Number.isNaN(away)) continue
            const slope = slopes[i]! * away
            up += weights[i]! * slope
            down += scratch[i]! * slope
          }
        }
        meanSlope[axis] = up * precisions[axis]!
        deviationSlope[axis] = (-variance * down * precisions[axis]!) / deviation
      }
      return { mean, deviation }
    },
    noise: Math.sqrt(variance * noise),
    believing(believed, group) {
      if (believed.length === 0) return this
      const all = n + believed.length
      const grown = new Float64Array((all * (all + 1)) / 2)
      grown.set(factor)
      const row = new Float64Array(all)
      for (let k = 0; k < believed.length; k++) {
        const size = n + k
        whiten(believed[k]!, group, row)
        for (let j = n; j < size; j++) {
          let distance = 0
          for (let axis = 0; axis < axes; axis++) {
            distance +=
              precisions[axis]! * square(believed[k]![axis]!, believed[j - n]![axis]!, isChoice[axis]!)
          }
          let sum = correlation(distance) + GROUP_LEVEL
          const start = (j * (j + 1)) / 2
          for (let i = 0; i < j; i++) sum -= row[i]! * grown[start + i]!
          row[j] = sum / grown[start + j]!
        }
        let explained = 0
        const start = (size * (size + 1)) / 2
        for (let i = 0; i < size; i++) {
          grown[start + i] = row[i]!
          explained += row[i]! * row[i]!
        }
        grown[start + size] = Math.sqrt(Math.max(1e-10, 1 + GROUP_LEVEL + noise - explained))
      }
      // Its own mean leaves nothing to explain: the whitened values of the new rows are 0.
      const grownWhite = new Float64Array(all)
      grownWhite.set(white)
      const grownGroups = new Int32Array(all).fill(group)
      grownGroups.set(groups)
      return processOf(
        { ...observations, places: [...places, ...believed], groups: grownGroups },
        { precisions, noise },
        { ...fit, factor: grown, white: grownWhite },
      )
    },
  }
}

/** Adds weight times the squared distances of `at` to a column's places; the inner loop of all predictions. */
function addDistances(
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
