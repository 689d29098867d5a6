import { describe, expect, it } from 'vitest'
import { type Stream, stream } from '../../src/random/stream.ts'
import { density, parzen } from '../../src/search/parzen.ts'
import { type Axis, axesView } from '../../src/search/unit-view.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'

const [real, few, kind, many] = axesView(
  searchSpace({ real: float(0, 1), few: int(1, 5), kind: choice(['a', 'b', 'c']), many: int(1, 100) }),
)

/** The integral over the unit interval. */
const integral = (of: (u: number) => number): number =>
  Array.from({ length: 4000 }, (_, i) => of((i + 0.5) / 4000)).reduce((sum, y) => sum + y, 0) / 4000

describe('a Parzen estimate', () => {
  it.each([
    ['a range', real!, [0.4, 0.5, 0.6]],
    ['a range of many values', many!, [0.405, 0.505, 0.605]],
    ['a range of few values', few!, [0.5, 0.5, 0.7]],
    ['a choice', kind!, [0, 0, 2]],
    ['a parameter that some trials do not have', real!, [0.5, Number.NaN, 0.6]],
  ])('is a density: %s', (_, axis, places) => {
    const whole = integral((u) => density(parzen(axis, places), u))
    // What a normal kernel has outside of the range is missing.
    expect(whole).toBeGreaterThan(0.85)
    expect(whole).toBeLessThan(1.01)
  })

  it('is high where the places crowd', () => {
    const estimate = parzen(real!, [0.48, 0.5, 0.52])
    expect(density(estimate, 0.5)).toBeGreaterThan(4 * density(estimate, 0.9))
    expect(density(parzen(kind!, [0, 0, 0]), 0.1)).toBeGreaterThan(2 * density(parzen(kind!, [0, 0, 0]), 0.9))
  })

  it.each([
    ['a range of few values', few!, 0.5],
    ['a choice', kind!, 1],
  ])('draws each value as often as its kernel says: %s', (_, axis, place) => {
    const estimate = parzen(axis, [place])
    const draws = stream(['parzen test'])
    const counts = new Array<number>(axis.count).fill(0)
    for (let i = 0; i < 4000; i++) counts[Math.floor(estimate.draw(0, draws) * axis.count)]!++
    for (const [value, count] of counts.entries()) {
      const share = estimate.kernel(0, (value + 0.5) / axis.count) / axis.count
      expect(Math.abs(count / 4000 - share)).toBeLessThan(0.03)
    }
  })

  it('draws normally around a place of a range, within it', () => {
    const estimate = parzen(real!, [0.2, 0.25])
    const draws = stream(['parzen test'])
    const drawn = Array.from({ length: 2000 }, () => estimate.draw(0, draws))
    expect(drawn.every((u) => u >= 0 && u < 1)).toBe(true)
    const below = drawn.filter((u) => u < 0.2).length
    expect(below).toBeGreaterThan(700)
    expect(below).toBeLessThan(1100)
  })
})

/** A stream of these numbers, over and over. */
const scripted = (...numbers: number[]): Stream => {
  let at = 0
  return { next: () => numbers[at++ % numbers.length]!, below: () => 0 }
}

/** The kernel around a place, at the middle of each of `count` equal parts. */
const weights = (axis: Axis, place: number, count = axis.count): number[] =>
  Array.from({ length: count }, (_, i) =>
    Number(
      parzen(axis, [place])
        .kernel(0, (i + 0.5) / count)
        .toFixed(12),
    ),
  )

const axisOf = (distribution: Distribution): Axis => axesView(searchSpace({ p: distribution }))[0]!

describe('a kernel over few values', () => {
  it('gives nine tenths to a choice, the rest to any', () => {
    expect(weights(kind!, 1)).toEqual([0.1, 2.8, 0.1])
    expect(weights(kind!, 2)).toEqual([0.1, 0.1, 2.8])
  })

  it('gives a twentieth to each neighbour on a range, also of a value outside of it', () => {
    expect(weights(few!, 0.5)).toEqual([0.1, 0.35, 4.1, 0.35, 0.1])
    expect(weights(few!, 0.1)).toEqual([4.1, 0.35, 0.1, 0.1, 0.1])
    expect(parzen(few!, [0.9]).kernel(0, 1)).toBeCloseTo(4.1, 12)
    expect(weights(few!, -0.1)).toEqual([0.35, 0.1, 0.1, 0.1, 0.1])
    expect(weights(few!, 1.1)).toEqual([0.1, 0.1, 0.1, 0.1, 0.35])
    expect(weights(axisOf(int(1, 3)), 0.5)).toEqual([0.25, 2.5, 0.25])
    expect(weights(axisOf(int(1, 2)), 0.25)).toEqual([1.9, 0.1])
  })

  it('is uniform where the parameter does not exist', () => {
    expect(weights(few!, Number.NaN)).toEqual([1, 1, 1, 1, 1])
    expect(weights(kind!, Number.NaN)).toEqual([1, 1, 1])
  })

  it('draws values in order: a uniform draw goes through their weights, and past them is drawn again', () => {
    const drawn = (place: number, ...numbers: number[]): number =>
      Math.floor(5 * parzen(few!, [place]).draw(0, scripted(...numbers)))
    // The weights add up to 0.1, 0.45, 4.55, 4.9 and 5, five times a share.
    expect([0.01, 0.03, 0.08, 0.1, 0.9, 0.92, 0.97, 0.99].map((u) => drawn(0.5, u))).toEqual([
      0, 1, 1, 2, 2, 3, 3, 4,
    ])
    expect(parzen(few!, [0.5]).draw(0, scripted(0.5))).toBe(0.5)
    // At an end they add up to 4.75 only.
    expect(drawn(0.1, 0.94, 0.35)).toBe(4)
    expect(drawn(0.1, 0.96, 0.35)).toBe(1)
    expect(parzen(kind!, [1]).draw(0, scripted(1 / 30))).toBe(0.5)
  })

  it('is for 16 values at most: those of more lie on a line', () => {
    expect(weights(axisOf(int(1, 16)), 0.5 / 16).slice(0, 3)).toEqual([12.9, 0.9, 0.1])
    expect(parzen(axisOf(int(1, 17)), [0.5]).kernel(0, 0.5)).toBeCloseTo(0.3989422804 / 0.5, 9)
    expect(weights(axisOf(choice(Array.from({ length: 17 }, (_, i) => i))), 16)[16]).toBeCloseTo(15.4, 12)
  })
})

describe('a kernel on a line', () => {
  /** The height of a normal density of that width at its centre. */
  const height = (width: number): number => 0.3989422804014327 / width

  it('is as wide as the farther neighbour is away, the ends of the range among these', () => {
    const places = [0.3, 0.75, 0.25, 0.6]
    const estimate = parzen(real!, places)
    expect(estimate.kernels).toBe(4)
    for (const [k, width] of [0.3, 0.25, 0.25, 0.3].entries()) {
      expect(estimate.kernel(k, places[k]!)).toBeCloseTo(height(width), 9)
      expect(estimate.kernel(k, places[k]! + width)).toBeCloseTo(height(width) * Math.exp(-0.5), 9)
      expect(estimate.kernel(k, places[k]! - 2 * width)).toBeCloseTo(height(width) * Math.exp(-2), 9)
    }
  })

  it('is half the range wide at most, and a fiftieth or one value at least', () => {
    expect(parzen(real!, [0.9]).kernel(0, 0.9)).toBeCloseTo(height(0.5), 9)
    const crowd = [0.499, 0.5, 0.501]
    expect(parzen(real!, crowd).kernel(1, 0.5)).toBeCloseTo(height(0.02), 9)
    expect(parzen(many!, crowd).kernel(1, 0.5)).toBeCloseTo(height(0.02), 9)
    expect(parzen(axisOf(int(1, 20)), crowd).kernel(1, 0.5)).toBeCloseTo(height(1 / 20), 9)
  })

  it('leaves out places without the parameter, and is uniform at these', () => {
    const estimate = parzen(real!, [0.4, Number.NaN, 0.5, 0.6])
    expect(estimate.kernel(2, 0.5)).toBeCloseTo(height(0.1), 9)
    expect(estimate.kernel(1, 0.123)).toBe(1)
    expect(estimate.draw(1, scripted(0.123))).toBe(0.123)
    expect(density(estimate, 0.5)).toBeCloseTo((2 + height(0.1) + 2 * height(0.4) * Math.exp(-1 / 32)) / 5, 9)
  })

  it('draws again what falls outside of the range, and uniformly if that goes on', () => {
    // Half of all draws lie below 0.5, where a normal number is 0; 0.8413 is that of 1.
    expect(parzen(real!, [0]).draw(0, scripted(0.5))).toBe(0)
    expect(parzen(real!, [0.75, 0.5, 0.25]).draw(1, scripted(0.8413447460685429))).toBeCloseTo(0.75, 9)
    expect(parzen(real!, [0.2]).draw(0, scripted(0.1, 0.5))).toBe(0.2)
    expect(parzen(real!, [0.8]).draw(0, scripted(0.9, 0.5))).toBe(0.8)
    expect(parzen(real!, [1]).draw(0, scripted(0.5))).toBe(0.5)
    expect(parzen(real!, [7]).draw(0, scripted(0.75))).toBe(0.75)
  })
})

describe('the density of no places', () => {
  it('is uniform', () => {
    expect(density(parzen(real!, []), 0.3)).toBe(1)
    expect(density(parzen(kind!, []), 0.3)).toBe(1)
  })
})
