import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float, int } from '../../src/space/constructors.ts'
import { distributionMistake } from '../../src/space/distribution-rules.ts'
import { contains, countValues, fromUnit, toUnit, valueAt } from '../../src/space/unit-scale.ts'
import { distributions, unit } from './spaces.ts'

describe('the unit interval of a distribution', () => {
  it('generates only sound distributions for these tests', () =>
    fc.assert(fc.property(distributions, (d) => distributionMistake(d) === null)))

  it('gives only values that the distribution contains, at every place', () =>
    fc.assert(fc.property(distributions, unit, (d, u) => contains(d, fromUnit(d, u)))))

  it('gives a finite value back from its place, and a continuous one to 12 digits', () =>
    fc.assert(
      fc.property(distributions, unit, (d, u) => {
        const value = fromUnit(d, u)
        const again = fromUnit(d, toUnit(d, value))
        if (Number.isFinite(countValues(d))) expect(again).toBe(value)
        else expect(again).toBeCloseTo(value as number, 9)
      }),
    ))

  it('spreads over ranges wider than any number, and over log ranges too narrow for logarithms', () => {
    const wide = float(-1e308, 1e308)
    expect([0, 0.25, 0.5, 0.75, 1].map((u) => fromUnit(wide, u))).toEqual([-1e308, -5e307, 0, 5e307, 1e308])
    expect(toUnit(wide, 5e307)).toBe(0.75)
    const large = int(2 ** 53 - 11, 2 ** 53 - 2, { log: true })
    const values = Array.from({ length: 10 }, (_, i) => fromUnit(large, (i + 0.5) / 10) as number)
    expect(new Set(values).size).toBe(10)
    for (const value of values) expect(fromUnit(large, toUnit(large, value))).toBe(value)
  })

  it('rises with the place on a numeric range', () =>
    fc.assert(
      fc.property(distributions, unit, unit, (d, a, b) => {
        if (d.kind === 'categorical') return
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(fromUnit(d, low) as number).toBeLessThanOrEqual(fromUnit(d, high) as number)
      }),
    ))

  it('reaches both ends, and stays on them beyond', () =>
    fc.assert(
      fc.property(distributions, (d) => {
        if (d.kind === 'categorical' || d.kind === 'fixed') return
        expect(fromUnit(d, 0)).toBe(d.low)
        expect(fromUnit(d, -3)).toBe(d.low)
        expect(fromUnit(d, 1)).toBe(d.high)
        expect(fromUnit(d, 4)).toBe(d.high)
      }),
    ))

  it('lists each value of a finite distribution once', () =>
    fc.assert(
      fc.property(distributions, (d) => {
        const count = countValues(d)
        if (!Number.isFinite(count) || count > 500) return
        const values = Array.from({ length: count }, (_, i) => valueAt(d, i))
        expect(new Set(values).size).toBe(count)
        for (const value of values) expect(contains(d, value)).toBe(true)
      }),
    ))

  it('puts the middle of a log range at its geometric mean', () => {
    expect(fromUnit(float(1e-6, 1e-2, { log: true }), 0.5)).toBeCloseTo(1e-4, 12)
    expect(toUnit(float(1e-6, 1e-2, { log: true }), 1e-5)).toBeCloseTo(0.25, 12)
  })

  it.each([
    [float(-0.3, 0.3, { step: 0.1 }), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]],
    [float(-0.6, 0.6, { step: 0.2 }), [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]],
    [float(-5, -0.1, { step: 0.7 }), [-5, -4.3, -3.6, -2.9, -2.2, -1.5, -0.8, -0.1]],
    [float(-3e-7, 3e-7, { step: 1.5e-7 }), [-3e-7, -1.5e-7, 0, 1.5e-7, 3e-7]],
    [float(1 / 3, 1, { step: 1 / 3 }), [1 / 3, 0.666666666666667, 1]],
    [float(-1e-200, 1e-200, { step: 1e-200 }), [-1e-200, 0, 1e-200]],
  ])('gives the decimal values of a stepped range, also near zero: %o', (range, values) => {
    const given = values.map((_, i) => fromUnit(range, (i + 0.5) / values.length))
    expect(given).toEqual(values)
    for (const value of given) expect(contains(range, value)).toBe(true)
  })

  it('gives the decimal value of any decimal bound, step and index', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -9999, max: 9999 }),
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 50 }),
        (low, step, decimals, index) => {
          const unit = 10 ** decimals
          const range = float(low / unit, (low + 60 * step) / unit, { step: step / unit })
          expect(fromUnit(range, (index + 0.5) / 61)).toBe((low + index * step) / unit)
        },
      ),
    ))

  it('gives every int of a linear range the same share, and decimal steps their decimal values', () => {
    const counts = new Map<number, number>()
    for (let i = 0; i < 700; i++) {
      const value = fromUnit(int(3, 9), (i + 0.5) / 700) as number
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.values()]).toEqual([100, 100, 100, 100, 100, 100, 100])
    expect(fromUnit(float(0.1, 0.5, { step: 0.1 }), 0.5)).toBe(0.3)
  })

  it('is even over ranges as wide as numbers go', () => {
    const wide = float(-1e308, 1e308)
    expect(fromUnit(wide, 0.25)).toBeCloseTo(-5e307, -300)
    expect(toUnit(wide, 5e307)).toBeCloseTo(0.75, 12)
    const places = [0.1, 0.5, 0.9].map((u) => (fromUnit(wide, u) as number) / 1e307)
    expect(places.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([-8, 0, 8])
    const whole = int(-(2 ** 53) + 1, 2 ** 53 - 1)
    for (const u of [0, 0.3, 0.999_999_999_999_999_9]) {
      expect(Number.isSafeInteger(fromUnit(whole, u))).toBe(true)
      expect(contains(whole, fromUnit(whole, u))).toBe(true)
    }
  })

  it('tells whole numbers near 2^53 apart on a log axis', () => {
    const last = 2 ** 53 - 1
    const top = int(last - 9, last, { log: true })
    for (let index = 0; index < 10; index++) {
      const value = fromUnit(top, (index + 0.5) / 10)
      expect(value).toBe(last - 9 + index)
      expect(fromUnit(top, toUnit(top, value))).toBe(value)
    }
    const wide = int(1, last, { log: true })
    expect(fromUnit(wide, 1)).toBe(last)
    expect(toUnit(wide, last)).toBeCloseTo(1, 12)
  })
})
