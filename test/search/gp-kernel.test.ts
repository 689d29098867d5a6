import { describe, expect, it } from 'vitest'
import { correlation, correlationSlope, dot, square } from '../../src/search/gp-kernel.ts'

describe('the kernel of the Gaussian process', () => {
  it('takes two points without a parameter as alike in it, and one without it as far from one with it', () => {
    expect(square(Number.NaN, Number.NaN, false)).toBe(0)
    expect(square(Number.NaN, 0.5, false)).toBe(1)
    expect(square(0.5, Number.NaN, true)).toBe(1)
    expect(square(0.5, 0.25, false)).toBe(0.0625)
    expect([square(1, 1, true), square(1, 2, true)]).toEqual([0, 1])
  })

  it('is 1 at no distance and falls as its slope says', () => {
    expect(correlation(0)).toBe(1)
    for (const squared of [0.01, 0.3, 2, 9]) {
      const step = 1e-6
      const slope = (correlation(squared + step) - correlation(squared - step)) / (2 * step)
      expect(correlationSlope(squared)).toBeCloseTo(slope, 6)
      expect(slope).toBeLessThan(0)
    }
  })

  it('multiplies vectors', () => {
    expect(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))).toBe(32)
  })
})
