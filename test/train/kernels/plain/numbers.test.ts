import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exp32, sigmoid32, tanh32 } from '../../../../src/train/kernels/plain/elementary-float32.ts'
import { fusedMultiplyAdd } from '../../../../src/train/kernels/plain/fused.ts'

/** A float32 number as whole number · 2^exponent. */
function exact(x: number): { readonly whole: bigint; readonly exponent: number } {
  let exponent = 0
  let scaled = x
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    exponent -= 1
  }
  return { whole: BigInt(scaled), exponent }
}

/** whole · 2^exponent to the nearest float32, ties to even, by integers alone; for sums that do not overflow. */
function roundToFloat32(whole: bigint, exponent: number): number {
  const size = whole < 0n ? -whole : whole
  const drop = Math.max(size.toString(2).length - 24, -149 - exponent)
  let kept = size
  let power = exponent
  if (drop > 0) {
    const unit = 1n << BigInt(drop)
    const rest = size % unit
    kept = size / unit
    if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept += 1n
    power += drop
  }
  return Number(whole < 0n ? -kept : kept) * 2 ** Math.max(power, -1000) * 2 ** Math.min(0, power + 1000)
}

const moderate = fc.float({
  noNaN: true,
  noDefaultInfinity: true,
  min: Math.fround(-1e9),
  max: Math.fround(1e9),
})

describe('float32 arithmetic of the plain reference', () => {
  test('a fused multiply-add is the exact result, rounded once', () => {
    fc.assert(
      fc.property(moderate, moderate, moderate, fc.boolean(), (a, b, other, cancels) => {
        // Half of the cases cancel most of the product, where rounding twice would show.
        const c = cancels ? Math.fround(-a * b) : other
        const [x, y, z] = [exact(a), exact(b), exact(c)]
        const low = Math.min(x.exponent + y.exponent, z.exponent)
        const sum =
          ((x.whole * y.whole) << BigInt(x.exponent + y.exponent - low)) +
          (z.whole << BigInt(z.exponent - low))
        expect(fusedMultiplyAdd(a, b, c) + 0).toBe(roundToFloat32(sum, low) + 0)
      }),
      { numRuns: 2000 },
    )
  })

  test('it keeps infinities and NaN', () => {
    expect(fusedMultiplyAdd(Infinity, 1, 1)).toBe(Infinity)
    expect(fusedMultiplyAdd(Infinity, 1, -Infinity)).toBeNaN()
    expect(fusedMultiplyAdd(NaN, 1, 1)).toBeNaN()
    expect(fusedMultiplyAdd(Math.fround(3e38), 10, 0)).toBe(Infinity)
  })

  test.each([
    ['exp', exp32, Math.exp, 80],
    ['tanh', tanh32, Math.tanh, 12],
    ['the logistic function', sigmoid32, (x: number) => 1 / (1 + Math.exp(-x)), 80],
  ] as const)('%s is right to 3 units in the last place', (_name, own, real, limit) => {
    for (let i = -20_000; i <= 20_000; i++) {
      const x = Math.fround((i / 20_000) ** 3 * limit)
      const expected = real(x)
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(expected) || 1)) - 23)
      expect(Math.abs(own(x) - expected) / unit).toBeLessThan(3)
    }
  })

  test('they stay finite and in range at the ends, and NaN stays NaN', () => {
    expect(exp32(-1000)).toBeGreaterThan(0)
    expect(exp32(1000)).toBeLessThan(Infinity)
    expect([tanh32(-100), tanh32(100), sigmoid32(200)]).toEqual([-1, 1, 1])
    expect([exp32(NaN), tanh32(NaN), sigmoid32(NaN)]).toEqual([NaN, NaN, NaN])
  })
})
