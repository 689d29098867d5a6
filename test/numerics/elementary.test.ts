import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cosPi, exp, log } from '../../src/numerics/elementary.ts'

/** The distance of two doubles in units in the last place. */
function ulps(a: number, b: number): number {
  const view = new DataView(new ArrayBuffer(16))
  view.setFloat64(0, a)
  view.setFloat64(8, b)
  return Math.abs(Number(view.getBigInt64(0) - view.getBigInt64(8)))
}

test('exp agrees with the engine to a unit in the last place, over its whole range', () => {
  fc.assert(
    fc.property(fc.double({ min: -708, max: 709.7, noNaN: true }), (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1)
    }),
    { numRuns: 2000 },
  )
})

test('log agrees with the engine to a unit in the last place, subnormal numbers included', () => {
  fc.assert(
    fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => {
      expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(1)
    }),
    { numRuns: 2000 },
  )
})

test('cosPi agrees with the cosine to two units in the last place of 1', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (t) => {
      expect(Math.abs(cosPi(t) - Math.cos(Math.PI * t))).toBeLessThanOrEqual(2.3e-16)
    }),
  )
  expect([cosPi(0), cosPi(0.5), cosPi(1)]).toEqual([1, 0, -1])
  expect(() => cosPi(1.5)).toThrow('cosPi: t must be in [0, 1], got 1.5')
})

test('the ends of the range are those of the real functions', () => {
  expect([exp(-Infinity), exp(0), exp(Infinity), exp(710), exp(-746)]).toEqual([0, 1, Infinity, Infinity, 0])
  expect([log(0), log(1), log(Infinity)]).toEqual([-Infinity, 0, Infinity])
  expect([exp(NaN), log(NaN), log(-1)]).toEqual([NaN, NaN, NaN])
})

test('the bits are pinned: a change here changes every study', () => {
  expect([exp(1.5), exp(-0.3), log(7), log(0.001), cosPi(0.3)]).toEqual([
    4.4816890703380645, 0.7408182206817179, 1.9459101490553132, -6.907755278982137, 0.5877852522924731,
  ])
})
