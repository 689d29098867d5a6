import { log } from '../numerics/elementary.ts'

/** What a Gaussian process learns from. */
export interface Observations {
  /** A place for each observation, in the sense of `placeOf`. */
  readonly places: readonly Float64Array[]
  /** Standardised: mean about 0, deviation about 1. */
  readonly values: Float64Array
  /** Observations of one group share a level that says nothing of other groups: values after other epochs. */
  readonly groups: Int32Array
  /** Which axes are choices, that are the same or not. */
  readonly isChoice: readonly boolean[]
}

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
  /** The standard deviation of a measurement around what is predicted, in the units of the values. */
  readonly noise: number
  /** The same process, had it seen its own mean at these places: what pending trials do to its uncertainty. */
  believing(places: readonly Float64Array[], group: number): GaussianProcess
}

/** The correlation of two observations of different groups at the same place. */
const ACROSS_GROUPS = 0.9
/** The variance of a group's own level. */
const GROUP_LEVEL = 1
/**
 * Where the search for precisions and noise begins, and how wide their log-normal priors are (as natural logarithms).
 * Little is known of the noise beforehand: a smooth function without any is only found to a hundredth of a decade if
 * the process may believe its values.
 */
const INITIAL_PRECISION = 1
const PRECISION_WIDTH = 1.5
const INITIAL_NOISE = 0.05
const NOISE_WIDTH = 3
const LEAST_NOISE = 1e-6

/**
 * Fits a Gaussian process with a rational quadratic kernel (alpha 2: about as good here as a Matérn kernel, without
 * its exponentials): each axis has a precision, the inverse square of the distance at which values become unrelated;
 * they and the noise of a measurement are those of the largest posterior density that a coordinate search from the
 * prior's centre finds. O(n³) for n observations. Deterministic.
 * Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), 2.2, 4.2, 5.4.
 */
export function fitGaussianProcess(observations: Observations): GaussianProcess {
  const { places, isChoice } = observations
  const axes = isChoice.length
  const squares = Array.from({ length: axes }, (_, axis) => pairSquares(places, axis, isChoice[axis]!))
  // The precisions, then the noise, as they enter the search: all positive, changed by factors.
  const parameters = new Float64Array(axes + 1).fill(INITIAL_PRECISION)
  parameters[axes] = INITIAL_NOISE
  let distances = new Float64Array(squares[0]?.length ?? 0)
  for (const axis of squares) add(distances, axis, 1)

  let best = posterior(observations, distances, parameters)
  for (const factor of [5, 2]) {
    for (let p = 0; p <= axes; p++) {
      // The noise is looked for in steps three times as large.
      const stride = p === axes ? factor * factor * factor : factor
      for (const step of [stride, 1 / stride]) {
        const before = parameters[p]!
        const after = p === axes ? Math.max(LEAST_NOISE, before * step) : before * step
        parameters[p] = after
        let changed = distances
        if (p < axes) {
          changed = distances.slice()
          add(changed, squares[p]!, after - before)
        }
        const tried = posterior(observations, changed, parameters)
        if (tried.density > best.density) {
          best = tried
          distances = changed
          break
        }
        parameters[p] = before
      }
    }
  }
  return processOf(observations, parameters, best)
}

/** A fit: the log posterior density, the Cholesky factor (rows of a lower triangle), and the whitened values. */
interface Fit {
  readonly density: number
  readonly factor: Float64Array
  readonly white: Float64Array
  readonly variance: number
}

const NO_FIT: Fit = {
  density: -Infinity,
  factor: new Float64Array(0),
  white: new Float64Array(0),
  variance: 1,
}

/** The lower triangle's entry (row, column <= row) lies at row·(row + 1)/2 + column. */
function posterior(observations: Observations, distances: Float64Array, parameters: Float64Array): Fit {
  const { values, groups } = observations
  const n = values.length
  const axes = parameters.length - 1
  const noise = parameters[axes]!
  const factor = new Float64Array((n * (n + 1)) / 2)
  for (let i = 0, pair = 0, at = 0; i < n; i++) {
    for (let j = 0; j < i; j++, pair++, at++) {
      const alike = correlation(distances[pair]!)
      factor[at] = groups[i] === groups[j] ? alike + GROUP_LEVEL : ACROSS_GROUPS * alike
    }
    factor[at++] = 1 + GROUP_LEVEL + noise
  }
  if (!cholesky(factor, n)) return NO_FIT
  const white = values.slice()
  solveLower(factor, n, white)
  let squares = 0
  let logDeterminant = 0
  for (let i = 0; i < n; i++) {
    squares += white[i]! * white[i]!
    logDeterminant += log(factor[(i * (i + 3)) / 2]!)
  }
  // The scale of the values is profiled out, with one pseudo-observation of 1.
  const variance = (squares + 1) / (n + 1)
  let density = -0.5 * n * log(variance) - logDeterminant
  for (let p = 0; p < axes; p++) density -= priorPenalty(parameters[p]!, INITIAL_PRECISION, PRECISION_WIDTH)
  density -= priorPenalty(noise, INITIAL_NOISE, NOISE_WIDTH)
  return { density, factor, white, variance }
}

/** What a log-normal prior takes from the log density. */
function priorPenalty(parameter: number, centre: number, width: number): number {
  const deviation = log(parameter / centre) / width
  return 0.5 * deviation * deviation
}

function processOf(observations: Observations, parameters: Float64Array, fit: Fit): GaussianProcess {
  const { places, isChoice, groups } = observations
  const { factor, white, variance } = fit
  const n = places.length
  const axes = isChoice.length
  const noise = parameters[axes]!
  const columns = isChoice.map((_, axis) => Float64Array.from(places, (place) => place[axis]!))
  const missing = columns.map((column) => column.some(Number.isNaN))

  /** Covariances of a place with all observations. */
  const covariances = (place: Float64Array, group: number, into: Float64Array): void => {
    into.fill(0, 0, n)
    for (let axis = 0; axis < axes; axis++) {
      const at = place[axis]!
      if (missing[axis] || Number.isNaN(at)) {
        const column = columns[axis]!
        for (let i = 0; i < n; i++) into[i]! += parameters[axis]! * square(at, column[i]!, isChoice[axis]!)
      } else addDistances(into, columns[axis]!, at, parameters[axis]!, isChoice[axis]!)
    }
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
  const scratch = new Float64Array(n)
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
      weights ??= solveUpper(factor, n, white)
      covariances(place, group, scratch)
      let mean = 0
      for (let i = 0; i < n; i++) mean += scratch[i]! * weights[i]!
      return mean
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
              parameters[axis]! * square(believed[k]![axis]!, believed[j - n]![axis]!, isChoice[axis]!)
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
        parameters,
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

/** The squared distance of two places on an axis; parameters that exist at one of them only are as far as can be. */
function square(a: number, b: number, isChoice: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : 1
  if (isChoice) return a === b ? 0 : 1
  return (a - b) * (a - b)
}

/** The squared distances of all pairs i > j on an axis, row after row. */
function pairSquares(places: readonly Float64Array[], axis: number, isChoice: boolean): Float64Array {
  const n = places.length
  const squares = new Float64Array((n * (n - 1)) / 2)
  for (let i = 1, at = 0; i < n; i++) {
    for (let j = 0; j < i; j++) squares[at++] = square(places[i]![axis]!, places[j]![axis]!, isChoice)
  }
  return squares
}

function add(sum: Float64Array, terms: Float64Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += weight * terms[i]!
}

/** The rational quadratic correlation with alpha = 2 at a squared distance. */
function correlation(squaredDistance: number): number {
  const q = 1 + Math.max(0, squaredDistance) / 4
  return 1 / (q * q)
}

/** Factors a symmetric matrix (its packed lower triangle) in place; false if it is not positive definite. */
function cholesky(matrix: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = (i * (i + 1)) / 2
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2
      let sum = matrix[row + j]!
      for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!
      if (j < i) matrix[row + j] = sum / matrix[other + j]!
      else if (sum > 1e-12) matrix[row + i] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Solves L·x = b in place for the packed lower triangle L; only the first n entries of b are used. */
function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0, at = 0; i < n; i++, at++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= factor[at++]! * b[k]!
    b[i] = sum / factor[at]!
  }
}

/** Solves Lᵀ·x = b for the packed lower triangle L. */
function solveUpper(factor: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice(0, n)
  for (let i = n - 1; i >= 0; i--) {
    const row = (i * (i + 1)) / 2
    const solved = x[i]! / factor[row + i]!
    x[i] = solved
    for (let k = 0; k < i; k++) x[k]! -= factor[row + k]! * solved
  }
  return x
}
