import { exp, log } from '../numerics/elementary.ts'

const INVERSE_ROOT_TWO_PI = 0.3989422804014327

/**
 * The logarithm of the expected improvement on `best` (low is good) of a normal prediction: as a logarithm it still
 * tells candidates apart where hardly any improvement is to be expected. To about 1e-6 relative.
 * Source: D. R. Jones, M. Schonlau, W. J. Welch, J. Global Optimization 13 (1998), equation 15.
 */
export function logExpectedImprovement(best: number, mean: number, deviation: number): number {
  const z = (best - mean) / deviation
  // For far tails the asymptotic series of the normal integral: phi(z) / z².
  if (z < -6) return log(deviation * INVERSE_ROOT_TWO_PI) - 0.5 * z * z - 2 * log(-z)
  const density = INVERSE_ROOT_TWO_PI * exp(-0.5 * z * z)
  return log(deviation * (density + z * cumulative(z, density)))
}

/** The standard normal's distribution function; M. Abramowitz and I. Stegun, Handbook (1964), 26.2.17: 7.5e-8. */
function cumulative(z: number, density: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
