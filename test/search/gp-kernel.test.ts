import { describe, expect, it } from 'vitest'
import {
  addDistances,
  correlation,
  correlationSlope,
  covariances,
  dot,
  pairSquares,
  square,
} from '../../src/search/gp-kernel.ts'

describe('the kernel of the Gaussian process', () => {
  it('takes two points without a parameter as alike in it, and one without it as far from one with it', () => {
    expect(square(Number.NaN, Number.NaN, false)).toBe(0)
    expect(square(Number.NaN, 0.5, false)).toBe(1)
    expect(square(0.5, Number.NaN, false)).toBe(1)
    expect(square(0.5, Number.NaN, true)).toBe(1)
    expect(square(0.5, 0.25, false)).toBe(0.0625)
    expect([square(1, 1, true), square(1, 2, true)]).toEqual([0, 1])
  })

  it('is the Matérn correlation: (1 + √5 d + 5 d² / 3) exp(-√5 d) at a distance of d', () => {
    expect(correlation(0)).toBe(1)
    for (const [distance, expected] of [
      [0.1, 0.991759236171],
      [0.5, 0.828649142418],
      [1, 0.523994108832],
      [3, 0.0277234219146],
    ] as const) {
      expect(correlation(distance ** 2)).toBeCloseTo(expected, 10)
    }
  })

  it('falls as its slope says', () => {
    expect(correlationSlope(0)).toBeCloseTo(-5 / 6, 15)
    for (const squared of [0.01, 0.3, 2, 9]) {
      const step = 1e-6
      const slope = (correlation(squared + step) - correlation(squared - step)) / (2 * step)
      expect(correlationSlope(squared)).toBeCloseTo(slope, 6)
      expect(slope).toBeLessThan(0)
    }
  })

  it('multiplies vectors, as far as the second one goes', () => {
    expect(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))).toBe(32)
    expect(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, 5))).toBe(14)
  })
})

describe('the distances of observations', () => {
  // The first axis is a range, the second a choice; the last place has no value on either.
  const places = [
    [0.25, 1],
    [0.75, 1],
    [0.5, 2],
    [0, 2],
    [Number.NaN, Number.NaN],
  ].map((place) => Float64Array.from(place))

  it('are those of all pairs, row after row below the diagonal', () => {
    const onRange = [[0.25], [0.0625, 0.0625], [0.0625, 0.5625, 0.25], [1, 1, 1, 1]]
    expect([...pairSquares(places, 0, false)]).toEqual(onRange.flat())
    const onChoice = [[0], [1, 1], [1, 1, 0], [1, 1, 1, 1]]
    expect([...pairSquares(places, 1, true)]).toEqual(onChoice.flat())
  })

  it('are added with their weight, one by one', () => {
    const sum = Float64Array.of(10, 20, 30, 40)
    addDistances(sum, Float64Array.of(0.25, 0.75, 0.5, 0), 0.5, 8, false)
    expect([...sum]).toEqual([10.5, 20.5, 30, 42])
    addDistances(sum, Float64Array.of(1, 1, 2, 2), 2, 5, true)
    expect([...sum]).toEqual([15.5, 25.5, 30, 42])
  })

  it('become covariances: 1 more within a group, nine tenths across groups, noise on the diagonal', () => {
    const distances = Float64Array.of(0, 0.25, 1, 0.25, 1, 0.25)
    const into = new Float64Array(10)
    covariances(distances, Float64Array.of(3, 3, 9, 9), 0.125, into)
    const [half, one] = [0.828649142418, 0.523994108832]
    const expected = [
      [2.125],
      [2, 2.125],
      [0.9 * half, 0.9 * one, 2.125],
      [0.9 * half, 0.9 * one, 1 + half, 2.125],
    ].flat()
    for (const [at, covariance] of expected.entries()) expect(into[at]).toBeCloseTo(covariance, 10)
  })
})
