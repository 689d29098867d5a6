/**
 * exp, tanh and the logistic function in float32, from single rounded operations in a fixed order.
 *
 * The kernels in src/train/kernels/assembly/elementary.ts do the same operations on vectors: every `f` here is one
 * instruction there, so both give the same bits. Nothing is fused, whatever the arithmetic of the products.
 * Errors stay below 3 units in the last place.
 * Source of the polynomials: Cephes math library, single precision (Stephen L. Moshier), expf.c and tanhf.c.
 */

const f = Math.fround
const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

const LOG2_E = f(Math.LOG2E)
/** ln 2 in two parts; the first has so few bits that its product with a whole number below 2^10 is exact. */
const LN2_HIGH = f(0.693359375)
const LN2_LOW = f(-2.1219444e-4)
/** 1.5·2^23: adding it leaves the nearest whole number in the lowest bits. */
const ROUNDER = f(12582912)
const EXP = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
].map(f)
const TANH = [
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
].map(f)
const TANH_SMALL = f(0.625)

/** e^x of x clamped to [-87, 88], so that the result is a normal number; NaN for NaN. */
export function exp32(x: number): number {
  const t = Math.max(-87, Math.min(88, x))
  const shifted = f(f(t * LOG2_E) + ROUNDER)
  const n = f(shifted - ROUNDER)
  const r = f(f(t - f(n * LN2_HIGH)) - f(n * LN2_LOW))
  const y = f(f(f(horner(EXP, r) * f(r * r)) + r) + 1)
  bits[0] = ((Number.isNaN(n) ? 0 : n) + 127) << 23
  return f(y * (float[0] as number))
}

/** The hyperbolic tangent; NaN for NaN. */
export function tanh32(x: number): number {
  const size = Math.abs(x)
  if (size < TANH_SMALL) {
    const z = f(x * x)
    return f(f(f(horner(TANH, z) * z) * x) + x)
  }
  const large = f(1 - f(2 / f(exp32(f(size + size)) + 1)))
  return x < 0 ? -large : large
}

/** 1 / (1 + e^-x), without overflow for large x of either sign; NaN for NaN. */
export function sigmoid32(x: number): number {
  const e = exp32(-Math.abs(x))
  return f((x >= 0 ? 1 : e) / f(1 + e))
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0] as number
  for (let i = 1; i < coefficients.length; i++) sum = f(f(sum * x) + (coefficients[i] as number))
  return sum
}
