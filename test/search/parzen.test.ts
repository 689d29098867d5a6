import { describe, expect, it } from 'vitest'
import { stream } from '../../src/random/stream.ts'
import { density, parzen } from '../../src/search/parzen.ts'
import { axesView } from '../../src/search/unit-view.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'

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
