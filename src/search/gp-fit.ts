import { cholesky, invert, solveLower, solveUpper } from '../numerics/cholesky.ts'
import { exp, log } from '../numerics/elementary.ts'
import { minimize, type Slope } from '../numerics/minimize.ts'
import { ACROSS_GROUPS, covariances, dot, type Observations, pairSquares } from './gp-kernel.ts'

/** Of more observations than this, the parameters are found from an even part. */
const MOST_FITTED = 64
/**
 * The log-normal prior of a length: its mode, which grows with the root of the number of axes as distances do, and its
 * width. Those of Hvarfner et al.; where values are noisy a narrow one, because few noisy values say little of lengths.
 * Without noise the narrow one is worse on Rosenbrock's valley.
 */
const LENGTH_MODE = 0.205
const LENGTH_WIDTH = 1.73
const NOISY_LENGTH_WIDTH = 0.5
const FIRST_LENGTH = 0.5
/**
 * The prior of the noise is wide: a smooth function without any is found exactly only if the process may believe its
 * values, and the winner of a noisy study is not its luckiest.
 */
const NOISE_CENTRE = 1e-3
const NOISE_WIDTH = 3
const FIRST_NOISE = 1e-2
const LEAST_NOISE = 1e-6
const MOST_NOISE = 10
/** Values are noisy if noise has more than this share of the variance, with the narrow prior of the lengths. */
const NOISY = 0.01
const MOST_EVALUATIONS = 40
/** The most evaluations times axes that a fit may take. */
const EVALUATED_AXES = 800

/** What a fit has found: for each axis a precision (an inverse squared length), and the noise's share of the variance. */
export interface GpParameters {
  readonly precisions: Float64Array
  readonly noise: number
}

/**
 * The parameters of the largest posterior density, by L-BFGS on their logarithms; the scale of the values is profiled
 * out. O(n³) for each of some tens of steps. Deterministic.
 * Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), 5.4.1; the prior:
 * C. Hvarfner, E. O. Hellsten, L. Nardi, Vanilla Bayesian Optimization Performs Great in High Dimensions (2024).
 */
export function fitParameters(observations: Observations): GpParameters {
  return likeliest(thinned(observations), LENGTH_WIDTH)
}

/**
 * The same with the narrow prior of the lengths where values are noisy: null where they are not. The narrow prior finds
 * noise earlier than the wide one, which explains it by short lengths; but it gives idle parameters some influence.
 */
export function fitNoisyParameters(observations: Observations): GpParameters | null {
  const found = likeliest(thinned(observations), NOISY_LENGTH_WIDTH)
  return found.noise > NOISY ? found : null
}

function likeliest(observations: Observations, width: number): GpParameters {
  const axes = observations.isChoice.length
  const lengths = -2 * log(LENGTH_MODE * Math.sqrt(axes))
  const start = new Float64Array(axes + 1).fill(Math.min(lengths, -2 * log(FIRST_LENGTH)))
  start[axes] = log(FIRST_NOISE)
  const low = start.slice().fill(-12)
  const high = start.slice().fill(9)
  low[axes] = log(LEAST_NOISE)
  high[axes] = log(MOST_NOISE)
  const { place } = minimize(negativeLogDensity(observations, lengths, width), start, {
    low,
    high,
    evaluations: Math.min(MOST_EVALUATIONS, Math.max(8, Math.floor(EVALUATED_AXES / axes))),
    firstStep: 1,
    tolerance: 1e-3,
  })
  return { precisions: place.slice(0, axes).map(exp), noise: exp(place[axes]!) }
}

function thinned(observations: Observations): Observations {
  const { places, values, groups } = observations
  const n = Math.min(values.length, MOST_FITTED)
  const chosen = Array.from({ length: n }, (_, i) => Math.floor((i * values.length) / n))
  return {
    ...observations,
    places: chosen.map((i) => places[i]!),
    values: Float64Array.from(chosen, (i) => values[i]!),
    groups: Float64Array.from(chosen, (i) => groups[i]!),
  }
}

/**
 * What is minimised: a function of the logarithms of the precisions and of the noise. `centre`: the precisions' prior;
 * `width`: that of the lengths.
 */
function negativeLogDensity(
  { places, values, groups, isChoice }: Observations,
  centre: number,
  width: number,
): Slope {
  const n = values.length
  const axes = isChoice.length
  const squares = isChoice.map((choice, axis) => pairSquares(places, axis, choice))
  const pairs = (n * (n - 1)) / 2
  const distances = new Float64Array(pairs)
  const factor = new Float64Array(pairs + n)
  const scratch = new Float64Array(factor.length)
  const inverse = new Float64Array(factor.length)
  const weights = new Float64Array(n)

  return (x, gradient) => {
    sumDistances(squares, x, distances)
    covariances(distances, groups, exp(x[axes]!), factor)
    if (!cholesky(factor, n)) return Infinity
    weights.set(values)
    solveLower(factor, n, weights)
    // One pseudo-observation of 1 keeps the profiled scale above zero.
    let squared = 1
    let density = 0
    for (let i = 0; i < n; i++) {
      squared += weights[i]! * weights[i]!
      density += log(factor[(i * (i + 3)) / 2]!)
    }
    density += 0.5 * n * log(squared / (n + 1))
    solveUpper(factor, n, weights)
    invert(factor, n, scratch, inverse)
    gradient[axes] = slopeByCovariances(groups, weights, n / squared, inverse, distances) * exp(x[axes]!)
    for (let axis = 0; axis < axes; axis++) {
      gradient[axis] = dot(distances, squares[axis]!) * exp(x[axis]!)
      // A precision is an inverse squared length: its logarithm is twice as wide.
      density += penalty(x[axis]!, centre, 2 * width, gradient, axis)
    }
    return density + penalty(x[axes]!, log(NOISE_CENTRE), NOISE_WIDTH, gradient, axes)
  }
}

/**
 * Turns the derivatives of all pairs' correlations by their squared distances into how the negative log density changes
 * with each distance, given the inverse of the covariances and the weights of the values; returns how it changes with
 * the noise.
 */
function slopeByCovariances(
  groups: Float64Array,
  weights: Float64Array,
  scale: number,
  inverse: Float64Array,
  slopes: Float64Array,
): number {
  let byNoise = 0
  for (let i = 0, pair = 0, at = 0; i < weights.length; i++, at++) {
    for (let j = 0; j < i; j++, pair++, at++) {
      const across = groups[i] === groups[j] ? 1 : ACROSS_GROUPS
      // A pair stands above and below the diagonal: twice one half.
      const slope = inverse[at]! - scale * weights[i]! * weights[j]!
      slopes[pair] = slope * across * slopes[pair]!
    }
    byNoise += 0.5 * (inverse[at]! - scale * weights[i]! * weights[i]!)
  }
  return byNoise
}

/** What a normal prior of a logarithm adds to the negative log density; its slope is added to `gradient[at]`. */
function penalty(x: number, centre: number, width: number, gradient: Float64Array, at: number): number {
  const away = (x - centre) / width
  gradient[at]! += away / width
  return 0.5 * away * away
}

/** The squared distances of all pairs, by the logarithms of the precisions. */
function sumDistances(squares: readonly Float64Array[], x: Float64Array, into: Float64Array): void {
  into.fill(0)
  for (const [axis, column] of squares.entries()) addScaled(into, exp(x[axis]!), column)
}

function addScaled(into: Float64Array, scale: number, column: Float64Array): void {
  for (let p = 0; p < into.length; p++) into[p]! += scale * column[p]!
}
