import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { stream } from '../../src/random/stream.ts'
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

  it('is the one of counting, in whole numbers', () => {
    const choose = (n: number, k: number): bigint => {
      if (k < 0 || k > n) return 0n
      let ways = 1n
      for (let i = 1n; i <= BigInt(k); i++) ways = (ways * (BigInt(n - k) + i)) / i
      return ways
    }
    const some = fc.integer({ min: 1, max: 60 }).chain((all) => {
      const part = fc.integer({ min: 0, max: all })
      return fc.tuple(fc.constant(all), part, part, part)
    })
    return fc.assert(
      fc.property(some, ([all, tried, eliteSize, hits]) => {
        let ways = 0n
        for (let k = 0; k <= hits; k++) ways += choose(tried, k) * choose(all - tried, eliteSize - k)
        const chance = chanceOfSoFew(hits, tried, eliteSize, all)
        expect(chance).toBeCloseTo(Number(ways) / Number(choose(all, eliteSize)), 9)
        expect(chance).toBeLessThanOrEqual(1)
      }),
    )
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

  it('is the share of permutations at least as extreme, by both statistics as they are defined', () => {
    const trial = fc.record({ place: fc.integer({ min: 0, max: 12 }), isElite: fc.boolean() })
    return fc.assert(
      fc.property(fc.array(trial, { minLength: 1, maxLength: 15 }), fc.nat(99), (trials, seed) => {
        const sorted = trials.toSorted((a, b) => a.place - b.place)
        const at = sorted.map(({ place }) => place)
        const found = evidence(
          trials.map(({ place }) => place),
          trials.map(({ isElite }) => isElite),
          [seed],
        )
        expect(found).toEqual(
          slowEvidence(
            at,
            sorted.map(({ isElite }) => Number(isElite)),
            [seed],
          ),
        )
      }),
      { numRuns: 12 },
    )
  })

  it('takes the permutations that fit: 2000 of up to 1000 trials, fewer of more, never below 200', () => {
    // No permutation puts all of the best at the low end again.
    const least = (count: number) => {
      const many = Array.from({ length: count }, (_, i) => i)
      return evidence(
        many,
        many.map((i) => i < count / 4),
        [42],
      ).below
    }
    expect(least(40)).toBe(1 / 2001)
    expect(least(1300)).toBe(1 / 1539)
    expect(least(10_100)).toBe(1 / 201)
  })

  it('says nothing where all or none of the trials are the best', () => {
    const nothing = { anywhere: 1, below: 1, above: 1 }
    expect(test(() => true)).toEqual(nothing)
    expect(test(() => false)).toEqual(nothing)
    expect(evidence([], [], [42])).toEqual(nothing)
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

/** The same, slowly: the distributions and ranks of sorted places by counting, over the same shuffles. */
function slowEvidence(places: readonly number[], labels: readonly number[], name: readonly number[]) {
  const kuiper = (marks: ArrayLike<number>): number => {
    const excess = [...new Set(places)].map((limit) => {
      const share = (mark: number) =>
        places.filter((place, i) => marks[i] === mark && place <= limit).length /
        Math.max(1, Array.from(marks).filter((each) => each === mark).length)
      return share(1) - share(0)
    })
    return Math.max(0, ...excess) - Math.min(0, ...excess)
  }
  const ranks = places.map(
    (place) => places.filter((one) => one < place).length + places.filter((one) => one <= place).length,
  )
  const rankSum = (marks: ArrayLike<number>) => ranks.reduce((sum, rank, i) => sum + rank * marks[i]!, 0)
  const draws = stream([...name, 'evidence'])
  const shuffled = Uint32Array.from(labels)
  const counts = { anywhere: 1, below: 1, above: 1 }
  for (let i = 0; i < 2000; i++) {
    shuffle(shuffled, draws)
    if (kuiper(shuffled) > kuiper(labels) - 1e-9) counts.anywhere++
    if (rankSum(shuffled) <= rankSum(labels)) counts.below++
    if (rankSum(shuffled) >= rankSum(labels)) counts.above++
  }
  return { anywhere: counts.anywhere / 2001, below: counts.below / 2001, above: counts.above / 2001 }
}
