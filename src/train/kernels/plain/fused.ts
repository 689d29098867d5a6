const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/**
 * a·b + c of float32 numbers, rounded once to float32, as a fused multiply-add instruction gives it.
 *
 * The product of two float32 numbers is exact in double; the sum is not, and rounding it twice can be wrong by a bit.
 * So the double sum is first rounded to odd, which makes the second rounding right.
 * Source: Boldo and Melquiond, Emulation of FMA and correctly rounded sums, IEEE Transactions on Computers 57 (2008).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const sum = product + c
  const part = sum - product
  const error = product - (sum - part) + (c - part)
  // NaN and infinite sums have a NaN error, or none: they pass unchanged.
  if (!(error < 0 || error > 0)) return Math.fround(sum)
  double[0] = sum
  const low = words[LOW] as number
  if ((low & 1) === 0) {
    if (error > 0 === sum > 0) words[LOW] = low | 1
    else {
      words[LOW] = low - 1
      if (low === 0) words[HIGH] = (words[HIGH] as number) - 1
    }
  }
  return Math.fround(double[0] as number)
}

double[0] = 1
const LOW = words[0] === 0 ? 0 : 1
const HIGH = 1 - LOW
