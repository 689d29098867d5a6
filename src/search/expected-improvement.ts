import { exp, log } from '../numerics/elementary.ts'

const INVERSE_ROOT_TWO_PI = 0.3989422804014327
const LOG_ROOT_TWO_PI = 0.9189385332046727

/** The logarithm of an expected improvement, and how it changes with the prediction. */
export interface LogImprovement {
  readonly value: number
  readonly byMean: number
  readonly byDeviation: number
}

/**
 * The logarithm of the expected improvement on `best` (low is good) of a normal prediction: as a logarithm it still
 * tells candidates apart, and has a slope, where hardly any improvement is to be expected. To about 1e-5; where the mean
 * is more than 6 deviations worse than `best`, to 2e-3 and further away to less.
 * Source: D. R. Jones, M. Schonlau, W. J. Welch, J. Global Optimization 13 (1998), equation 15; S. Ament et al.,
 * Unexpected Improvements to Expected Improvement (2023).
 */
export function logExpectedImprovement(best: number, mean: number, deviation: number): LogImprovement {
  const z = (best - mean) / deviation
  // The improvement is deviation · (phi(z) + z Phi(z)); `density` and `below` are phi and Phi as parts of the bracket.
  let bracket: number
  let density: number
  let below: number
  if (z < -6) {
    // The asymptotic series of the normal integral: the bracket is phi(z) / z² · (1 - 3 / z²).
    const square = z * z
    bracket = -0.5 * square - LOG_ROOT_TWO_PI - log(square) + log(1 - 3 / square + 15 / (square * square))
    density = square + 3 - 6 / square
    below = -z - 2 / z
  } else {
    const phi = INVERSE_ROOT_TWO_PI * exp(-0.5 * z * z)
    const normal = cumulative(z)
    const sum = phi + z * normal
    bracket = log(sum)
    density = phi / sum
    below = normal / sum
  }
  return { value: log(deviation) + bracket, byMean: -below / deviation, byDeviation: density / deviation }
}

/**
 * The standard normal's distribution function to 1.2e-7, relative: half the complementary error function by its
 * Chebyshev expansion. Source: W. H. Press et al., Numerical Recipes in C (1992), 6.2.
 */
function cumulative(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2
  const t = 1 / (1 + 0.5 * x)
  let sum = 0
  for (const coefficient of COMPLEMENTARY_ERROR) sum = sum * t + coefficient
  const tail = 0.5 * t * exp(-x * x + sum)
  return z > 0 ? 1 - tail : tail
}

/** The highest power first. */
const COMPLEMENTARY_ERROR = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
]
