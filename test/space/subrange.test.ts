import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choice, float, int } from '../../src/space/constructors.ts'
import type { Distribution, ParamValue } from '../../src/space/distribution.ts'
import { distributionMistake } from '../../src/space/distribution-rules.ts'
import { subrange } from '../../src/space/subrange.ts'
import { contains, countValues, fromUnit } from '../../src/space/unit-scale.ts'
import { distributions } from './spaces.ts'

/** Two places of the unit interval's line, the first before the second. */
const places = fc
  .tuple(fc.integer({ min: -1500, max: 997 }), fc.integer({ min: 3, max: 1500 }))
  .map(([start, width]) => [start / 1000, Math.max(start + width, 3) / 1000] as const)

/** Contains it, but for the rounding of bounds to three digits where they are as good as these. */
function holds(part: Distribution, value: ParamValue): boolean {
  if (part.kind !== 'float' || part.step !== null) return contains(part, value)
  const slack = 1e-8 * Math.max(Math.abs(part.low), Math.abs(part.high))
  return (value as number) >= part.low - slack && (value as number) <= part.high + slack
}

describe('a part of a range', () => {
  it('is sound, holds everything of the range between the places, and has two values at least', () =>
    fc.assert(
      fc.property(distributions, places, fc.double({ min: 0, max: 1, noNaN: true }), (d, [start, end], t) => {
        const part = subrange(d, start, end)
        expect(distributionMistake(part)).toBeNull()
        if (countValues(d) >= 2) expect(countValues(part)).toBeGreaterThanOrEqual(2)
        const u = start + t * (end - start)
        if (u >= 0 && u < 1) expect(holds(part, fromUnit(d, u))).toBe(true)
      }),
    ))

  it('never passes a hard bound, nor zero where the range did not', () =>
    fc.assert(
      fc.property(distributions, places, (d, [start, end]) => {
        const part = subrange(d, start, end)
        if (
          part.kind === 'categorical' ||
          part.kind === 'fixed' ||
          d.kind === 'categorical' ||
          d.kind === 'fixed'
        )
          return
        if (d.hard) {
          expect(part.low).toBeGreaterThanOrEqual(d.low)
          expect(part.high).toBeLessThanOrEqual(d.high)
        }
        if (d.low >= 0) expect(part.low).toBeGreaterThanOrEqual(0)
      }),
    ))

  it('rounds bounds relative to the width, and never past a bound that it was not to pass', () => {
    expect(subrange(float(1000, 1001), 0.1234, 0.5678)).toMatchObject({ low: 1000.123, high: 1000.568 })
    expect(subrange(float(1000, 1001), 0.2, 1)).toMatchObject({ low: 1000.2, high: 1001 })
    expect(subrange(float(1000, 1001), 0.2, 0.99999)).toMatchObject({ high: 1001 })
    expect(subrange(float(0.0123456, 0.9), 0.00001, 0.5)).toMatchObject({ low: 0.0123456, high: 0.457 })
    expect(subrange(float(1000, 1001, { log: true }), 0.5, 1)).toMatchObject({ low: 1000.499, high: 1001 })
    const wide = subrange(float(-1e308, 1e308), 0.25, 0.5)
    expect(wide).toMatchObject({ low: -5e307, high: 0 })
  })

  it('goes back to the bounds of the declared range, and never past them if they are hard', () => {
    const root = float(0.5, 100, { hard: true })
    const box = { ...root, low: 10, high: 20 } as Distribution
    expect(subrange(box, -0.5, 1, root)).toMatchObject({ low: 5, high: 20 })
    expect(subrange(box, -3, 30, root)).toMatchObject({ low: 0.5, high: 100 })
    const ints = int(1, 64, { hard: true })
    expect(subrange({ ...ints, low: 8, high: 16 } as Distribution, -2, 9, ints)).toMatchObject({
      low: 1,
      high: 64,
    })
  })

  it('is cut in log space, rounded outwards to three digits', () => {
    expect(subrange(float(1e-6, 10, { log: true }), 3 / 7, 5 / 7)).toMatchObject({ low: 1e-3, high: 0.1 })
    expect(subrange(float(1e-6, 1e-2, { log: true }), 0.1, 0.9)).toMatchObject({
      low: 2.51e-6,
      high: 3.99e-3,
    })
    expect(subrange(float(1e-4, 1, { log: true, soft: true }), -0.5, 0.5)).toMatchObject({
      low: 1e-6,
      high: 0.01,
    })
  })

  it('keeps a stepped range on its grid', () => {
    expect(subrange(float(0, 1, { step: 0.1 }), 0.4, 0.5)).toMatchObject({ low: 0.4, high: 0.5 })
    expect(subrange(int(2, 20, { step: 3, soft: true }), 0.5, 1.5)).toMatchObject({ low: 11, high: 32 })
    expect(subrange(float(-0.3, 0.3, { step: 0.1 }), 0.45, 1)).toMatchObject({ low: 0, high: 0.3 })
    expect(subrange(float(-5, -0.1, { step: 0.7 }), 0.5, 1)).toMatchObject({ low: -2.2, high: -0.1 })
  })

  it('keeps neighbours of an ordered choice, and unordered choices as they are', () => {
    const sizes = choice([8, 16, 32, 64], { ordered: true })
    expect(subrange(sizes, 0.3, 0.4)).toMatchObject({ choices: [8, 16] })
    expect(subrange(sizes, 0.9, 1)).toMatchObject({ choices: [32, 64] })
    const kinds = choice(['a', 'b'])
    expect(subrange(kinds, 0, 0.1)).toBe(kinds)
  })
})
