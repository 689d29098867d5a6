import { cholesky, solveLower, solveUpper } from '../numerics/cholesky.ts'
import { fitNoisyParameters, fitParameters, type GpParameters } from './gp-fit.ts'
import {
  ACROSS_GROUPS,
  addDistances,
  correlation,
  correlationSlope,
  dot,
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
  return processWith(observations, fitParameters(observations))
}

/**
 * The process to search and to choose by: where values are noisy, with a narrower prior of the lengths, for few noisy
 * values say little of them. `noisy` says whether they are.
 */
export function fitSearchProcess(observations: Observations): {
  readonly process: GaussianProcess
  readonly noisy: boolean
} {
  const noisy = fitNoisyParameters(observations)
  const process = processWith(observations, noisy ?? fitParameters(observations))
  return { process, noisy: noisy !== null }
}

function processWith(observations: Observations, parameters: GpParameters): GaussianProcess {
  for (let noise = parameters.noise; noise < Infinity; noise *= 10) {
    const fitted = { ...parameters, noise }
    const fit = factored(observations, fitted)
    if (fit !== null) return new FittedProcess(observations, fitted, fit)
  }
  throw new Error('A Gaussian process was given a place that is not finite')
}

/** The Cholesky factor of the covariances, the whitened values, and the scale of the values. */
interface Fit {
  readonly factor: Float64Array
  readonly white: Float64Array
  readonly variance: number
}

/** Null if rounding, or places at distances that no space has, leave no positive definite matrix. */
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

class FittedProcess implements GaussianProcess {
  readonly noise: number
  readonly #observations: Observations
  readonly #parameters: GpParameters
  readonly #fit: Fit
  /** The observed places by axis, and whether one of them lacks the axis. */
  readonly #columns: readonly Float64Array[]
  readonly #missing: readonly boolean[]
  /** What the observations weigh in a mean; solved for when first asked for. */
  #weights: Float64Array | null = null
  readonly #scratch: Float64Array
  readonly #slopes: Float64Array

  constructor(observations: Observations, parameters: GpParameters, fit: Fit) {
    const { places, isChoice } = observations
    this.#observations = observations
    this.#parameters = parameters
    this.#fit = fit
    this.#columns = isChoice.map((_, axis) => Float64Array.from(places, (place) => place[axis]!))
    this.#missing = this.#columns.map((column) => column.some(Number.isNaN))
    this.#scratch = new Float64Array(places.length)
    this.#slopes = new Float64Array(places.length)
    this.noise = Math.sqrt(fit.variance * parameters.noise)
  }

  predict(place: Float64Array, group: number): Prediction {
    const { white, variance } = this.#fit
    const scratch = this.#scratch
    this.#whiten(place, group, scratch)
    return { mean: dot(scratch, white), deviation: deviationOf(variance, dot(scratch, scratch)) }
  }

  meanAt(place: Float64Array, group: number): number {
    const weights = this.#solvedWeights()
    this.#covariances(place, group, this.#scratch)
    return dot(this.#scratch, weights)
  }

  predictWithSlope(
    place: Float64Array,
    group: number,
    meanSlope: Float64Array,
    deviationSlope: Float64Array,
  ): Prediction {
    const { groups } = this.#observations
    const { factor, variance } = this.#fit
    const n = groups.length
    const weights = this.#solvedWeights()
    const scratch = this.#scratch
    const slopes = this.#slopes
    this.#distancesTo(place, slopes)
    for (let i = 0; i < n; i++) {
      const squared = slopes[i]!
      const alike = correlation(squared)
      const same = groups[i] === group
      scratch[i] = same ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
      slopes[i] = (same ? 2 : 2 * ACROSS_GROUPS) * correlationSlope(squared)
    }
    const mean = dot(scratch, weights)
    solveLower(factor, n, scratch)
    const explained = dot(scratch, scratch)
    solveUpper(factor, n, scratch)
    const deviation = deviationOf(variance, explained)
    this.#slopesAlong(place, weights, { meanSlope, deviationSlope, deviation })
    return { mean, deviation }
  }

  believing(believed: readonly Float64Array[], group: number): GaussianProcess {
    if (believed.length === 0) return this
    const { places, groups } = this.#observations
    const all = groups.length + believed.length
    // Its own mean leaves nothing to explain: the whitened values of the new rows are 0.
    const white = new Float64Array(all)
    white.set(this.#fit.white)
    const grownGroups = new Float64Array(all).fill(group)
    grownGroups.set(groups)
    return new FittedProcess(
      { ...this.#observations, places: [...places, ...believed], groups: grownGroups },
      this.#parameters,
      { ...this.#fit, factor: this.#grownFactor(believed, group), white },
    )
  }

  /** The Cholesky factor with a row more for each believed place. */
  #grownFactor(believed: readonly Float64Array[], group: number): Float64Array {
    const { noise } = this.#parameters
    const n = this.#observations.groups.length
    const all = n + believed.length
    const grown = new Float64Array((all * (all + 1)) / 2)
    grown.set(this.#fit.factor)
    const row = new Float64Array(all)
    for (let k = 0; k < believed.length; k++) {
      const size = n + k
      this.#whiten(believed[k]!, group, row)
      for (let j = n; j < size; j++) {
        let sum = correlation(this.#distanceBetween(believed[k]!, believed[j - n]!)) + GROUP_LEVEL
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
    return grown
  }

  /** Writes the slopes of the mean and the deviation; `#scratch` and `#slopes` hold those of the covariances. */
  #slopesAlong(
    place: Float64Array,
    weights: Float64Array,
    to: { meanSlope: Float64Array; deviationSlope: Float64Array; deviation: number },
  ): void {
    const { isChoice } = this.#observations
    const { precisions } = this.#parameters
    const scratch = this.#scratch
    const slopes = this.#slopes
    for (let axis = 0; axis < isChoice.length; axis++) {
      let up = 0
      let down = 0
      const at = place[axis]!
      if (!isChoice[axis] && !Number.isNaN(at)) {
        const column = this.#columns[axis]!
        for (let i = 0; i < column.length; i++) {
          const away = at - column[i]!
          if (Number.isNaN(away)) continue
          const slope = slopes[i]! * away
          up += weights[i]! * slope
          down += scratch[i]! * slope
        }
      }
      to.meanSlope[axis] = up * precisions[axis]!
      to.deviationSlope[axis] = (-this.#fit.variance * down * precisions[axis]!) / to.deviation
    }
  }

  #solvedWeights(): Float64Array {
    if (this.#weights === null) {
      const { factor, white } = this.#fit
      this.#weights = white.slice()
      solveUpper(factor, white.length, this.#weights)
    }
    return this.#weights
  }

  /** Covariances of a place with all observations, whitened. */
  #whiten(place: Float64Array, group: number, into: Float64Array): void {
    this.#covariances(place, group, into)
    solveLower(this.#fit.factor, this.#fit.white.length, into)
  }

  #covariances(place: Float64Array, group: number, into: Float64Array): void {
    const { groups } = this.#observations
    this.#distancesTo(place, into)
    for (let i = 0; i < groups.length; i++) {
      const alike = correlation(into[i]!)
      into[i] = groups[i] === group ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
    }
  }

  /** Squared distances of a place to all observations. */
  #distancesTo(place: Float64Array, into: Float64Array): void {
    const { isChoice, groups } = this.#observations
    const { precisions } = this.#parameters
    const n = groups.length
    into.fill(0, 0, n)
    for (let axis = 0; axis < isChoice.length; axis++) {
      const at = place[axis]!
      const column = this.#columns[axis]!
      if (this.#missing[axis] || Number.isNaN(at)) {
        for (let i = 0; i < n; i++) into[i]! += precisions[axis]! * square(at, column[i]!, isChoice[axis]!)
      } else addDistances(into, column, at, precisions[axis]!, isChoice[axis]!)
    }
  }

  #distanceBetween(a: Float64Array, b: Float64Array): number {
    const { isChoice } = this.#observations
    const { precisions } = this.#parameters
    let distance = 0
    for (let axis = 0; axis < isChoice.length; axis++) {
      distance += precisions[axis]! * square(a[axis]!, b[axis]!, isChoice[axis]!)
    }
    return distance
  }
}

/** @param explained the part of the prior's variance that the observations explain */
function deviationOf(variance: number, explained: number): number {
  return Math.sqrt(variance * Math.max(1e-10, 1 + GROUP_LEVEL - explained))
}
