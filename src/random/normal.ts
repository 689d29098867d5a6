import { log } from '../numerics/elementary.ts'

/** The largest polynomial first: `evaluate([2, 1, 5], x)` is 2x² + x + 5. */
function evaluate(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (const coefficient of coefficients) sum = sum * x + coefficient
  return sum
}

/**
 * The standard normal's quantile at p in (0, 1), to about 1e-16 relative.
 * One uniform draw makes one normal draw, the same bits on every engine.
 * Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * evaluate(CENTRE_TOP, r)) / evaluate(CENTRE_BOTTOM, r)
  }
  const tail = Math.sqrt(-log(q < 0 ? p : 1 - p))
  const value =
    tail <= 5
      ? evaluate(MIDDLE_TOP, tail - 1.6) / evaluate(MIDDLE_BOTTOM, tail - 1.6)
      : evaluate(FAR_TOP, tail - 5) / evaluate(FAR_BOTTOM, tail - 5)
  return q < 0 ? -value : value
}

/** A standard normal number from a uniform one in [0, 1) with at least 32 bits; 0 itself is moved off the end. */
export function normalFromUniform(u: number): number {
  return normalQuantile(u === 0 ? 2 ** -54 : u)
}

const CENTRE_TOP = [
  2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
  13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
]
const CENTRE_BOTTOM = [
  5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
  5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
]
const MIDDLE_TOP = [
  7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
  3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
]
const MIDDLE_BOTTOM = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
  6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1,
]
const FAR_TOP = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
  2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
]
const FAR_BOTTOM = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
  1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1,
]
