import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { chanceOfSoFew, evidence } from '../../src/search/evidence.ts'

describe('the chance of so few', () => {
  it('is the lower tail of the hypergeometric distribution', () => {
    // 10 trials, 4 of them tried the choice, 3 are the best: C(6, 3) / C(10, 3), then C(4, 1) C(6, 2) / C(10, 3) more.
    expect(chanceOfSoFew(0, 4, 3, 10)).toBeCloseTo(20 / 120, 12)
    expect(chanceOfSoFew(1, 4, 3, 10)).toBeCloseTo(80 / 120, 12)
    expect(chanceOfSoFew(3, 4, 3, 10)).toBeCloseTo(1, 12)
    expect(chanceOfSoFew(0, 8, 3, 10)).toBe(0)
    expect(chanceOfSoFew(0, 0, 3, 10)).toBe(1)
  })

  it('stays a number among ten thousands of trials', () => {
    expect(chanceOfSoFew(0, 10, 4000, 20000)).toBeCloseTo(0.8 ** 10, 3)
  })
})

describe('evidence', () => {
  const places = Array.from({ length: 40 }, (_, i) => i / 40)
  const test = (isElite: (i: number) => boolean) =>
    evidence(
      places,
      places.map((_, i) => isElite(i)),
      [42],
    )

  it('sees the best trials crowd at a side, and at which', () => {
    const low = test((i) => i < 8)
    expect(low.anywhere).toBeLessThan(0.01)
    expect(low.below).toBeLessThan(0.01)
    expect(low.above).toBeGreaterThan(0.99)
    expect(test((i) => i >= 32).above).toBeLessThan(0.01)
  })

  it('sees them crowd in the middle', () => {
    const { anywhere, below, above } = test((i) => i >= 16 && i < 24)
    expect(anywhere).toBeLessThan(0.01)
    expect(Math.min(below, above)).toBeGreaterThan(0.2)
  })

  it('sees nothing where they are spread, or where all have the same value', () => {
    expect(test((i) => i % 5 === 2).anywhere).toBeGreaterThan(0.5)
    const same = evidence(
      places.map(() => 1),
      places.map((_, i) => i < 8),
      [42],
    )
    expect(same).toEqual({ anywhere: 1, below: 1, above: 1 })
  })

  it('has no favourite place: where the circle of places is cut does not matter', () => {
    const best = new Set([0, 1, 2, 5, 8, 20, 21, 30])
    const uneven = (shift: number) => test((i) => best.has((i + shift) % 40)).anywhere
    for (const shift of [7, 13, 22, 31]) expect(Math.abs(uneven(shift) - uneven(0))).toBeLessThan(0.05)
  })

  it('finds evidence in about 5 % of cases by chance', () => {
    const draws = fastGenerator(['by chance', 42])
    let found = 0
    for (let i = 0; i < 200; i++) {
      const marks = places.map(() => draws.next())
      const limit = marks.toSorted((a, b) => a - b)[8]!
      const result = evidence(
        places,
        marks.map((mark) => mark < limit),
        ['by chance', i],
      )
      if (result.anywhere < 0.05) found++
    }
    expect(found).toBeGreaterThan(1)
    expect(found).toBeLessThan(22)
  })
})
