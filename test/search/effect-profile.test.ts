import { describe, expect, it } from 'vitest'
import { effectProfiles, isFlat, lowestPlace, nearlyLowest } from '../../src/search/effect-profile.ts'
import { rankTrials } from '../../src/search/rank.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { choice, float, searchSpace, when } from '../../src/space/constructors.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial } from '../../src/testing/requests.ts'

const space = searchSpace({ x: float(0, 1) })
const trialsAt = (value: (x: number) => number) =>
  rankTrials(
    Array.from({ length: 24 }, (_, i) => pastTrial(i, { x: (i + 0.5) / 24 }, value((i + 0.5) / 24))),
    'minimize',
  )

describe('the effect of a parameter', () => {
  it('is lowest where the trials are best', () => {
    const profile = effectProfiles(
      space,
      trialsAt((x) => (x - 0.7) ** 2),
      5,
      'minimize',
    ).get('x')!
    expect(lowestPlace(profile)).toBeCloseTo(0.7, 1)
    const [from, to] = nearlyLowest(profile)
    expect(from).toBeGreaterThan(0.3)
    expect(to).toBeGreaterThanOrEqual(0.7)
  })

  it('is bad where trials diverge, as bad as the worst value', () => {
    const noise = (x: number) => (Math.round(x * 24) % 3) / 10
    const profile = effectProfiles(
      space,
      trialsAt((x) => (x > 0.5 ? Number.NaN : noise(x))),
      5,
      'minimize',
    ).get('x')!
    expect(profile.at(-1)! - profile[5]!).toBeGreaterThan(0.6)
    expect(nearlyLowest(profile)[1]).toBeLessThan(0.7)
  })
})

describe('the effect on values near the largest numbers', () => {
  it('is that on smaller ones', () => {
    const effect = (size: number) =>
      effectProfiles(
        space,
        trialsAt((x) => (2 * Math.abs(x - 0.3) - 0.7) * size),
        5,
        'minimize',
      ).get('x')!
    expect(lowestPlace(effect(1.7e308))).toBe(lowestPlace(effect(1)))
    expect(nearlyLowest(effect(1.7e308))).toEqual(nearlyLowest(effect(1)))
  })
})

describe('the effects of parameters together', () => {
  const effects = (of: SearchSpace, ranked: readonly PastTrial[], eliteSize: number) =>
    Object.fromEntries(effectProfiles(of, ranked, eliteSize, 'minimize'))

  it('are those at 21 even places, both ends included', () => {
    const { x } = effects(
      space,
      trialsAt((at) => (at - 0.5) ** 2),
      1,
    )
    expect(x).toHaveLength(21)
    expect(lowestPlace(x!)).toBe(0.5)
    // Alike on both sides, and the ends are as far from the middle as they can be.
    for (let k = 0; k < 10; k++) expect(x![k]).toBeCloseTo(x![20 - k]!, 5)
    expect(x![0]).toBeGreaterThan(x![1]!)
    expect(x![0]! - x![10]!).toBeGreaterThan(1.5)
  })

  it('are averaged over the places of the best trials in the other parameters', () => {
    const plane = searchSpace({ x: float(0, 1), y: float(0, 1) })
    const ranked = rankTrials(
      Array.from({ length: 49 }, (_, i) => {
        const [x, y] = [(i % 7) / 6, Math.floor(i / 7) / 6]
        return pastTrial(i, { x, y }, (x - 0.5) * (y - 0.45))
      }),
      'minimize',
    )
    const [one, two, both] = [
      effects(plane, ranked, 1),
      effects(plane, [ranked[1]!, ranked[0]!, ...ranked.slice(2)], 1),
      effects(plane, ranked, 2),
    ]
    expect(ranked[0]!.params.y).not.toBe(ranked[1]!.params.y)
    for (let k = 0; k < 21; k++) {
      expect(both.x![k]).toBeCloseTo((one.x![k]! + two.x![k]!) / 2, 6)
    }
  })

  it('are learnt from at most 64 trials, evenly over the ranking', () => {
    const even = (count: number) =>
      rankTrials(
        Array.from({ length: count }, (_, i) => pastTrial(i, { x: ((i * 37) % count) / count }, i)),
        'minimize',
      )
    const learnt = (all: readonly PastTrial[], isTaken: (rank: number) => boolean) => {
      const taken = all.filter((_, rank) => isTaken(rank))
      expect(taken).toHaveLength(64)
      expect(effects(space, all, 1)).toEqual(effects(space, taken, 1))
    }
    learnt(even(64), () => true)
    learnt(even(128), (rank) => rank % 2 === 0)
    learnt(even(96), (rank) => rank % 3 !== 1)
  })

  it('are none of choices, and none of a parameter that none of the best has', () => {
    const one = searchSpace({ kind: choice(['a', 'b']), x: when({ kind: 'b' }, float(0, 1)), y: float(0, 1) })
    const ranked = Array.from({ length: 24 }, (_, i) => {
      const kind = i < 8 ? 'a' : 'b'
      return pastTrial(i, { kind, ...(kind === 'a' ? {} : { x: i / 24 }), y: ((i * 7) % 24) / 24 }, i)
    })
    const found = effects(one, ranked, 5)
    expect(Object.keys(found)).toEqual(['x', 'y'])
    expect([...found.x!]).toEqual(Array.from({ length: 21 }, () => 0))
    expect(isFlat(effects(one, ranked, 9).x!)).toBe(false)
  })
})

describe('a profile', () => {
  it('is 0 everywhere where all values are equal', () => {
    const profile = effectProfiles(
      space,
      trialsAt(() => 7),
      3,
      'minimize',
    ).get('x')!
    for (const score of profile) expect(Math.abs(score)).toBeLessThan(1e-9)
    expect(isFlat(profile)).toBe(true)
  })

  it('is flat below a twentieth of a standard deviation', () => {
    expect(isFlat(Float64Array.of(0, 0.02, 0.045))).toBe(true)
    expect(isFlat(Float64Array.of(0, 0.02, 0.06))).toBe(false)
    expect(isFlat(Float64Array.of(0, 0.05))).toBe(false)
    expect(isFlat(Float64Array.of(-0.02, 0.02))).toBe(true)
    expect(isFlat(Float64Array.of(-0.1, 0.1))).toBe(false)
  })

  it('is nearly at its lowest within two fifths of a standard deviation', () => {
    expect(nearlyLowest(Float64Array.of(1, 0.39, 0, 0.41, 0.39))).toEqual([0.25, 1])
    expect(nearlyLowest(Float64Array.of(1, 0.39, 0, 0.41, 0.41))).toEqual([0.25, 0.5])
    expect(nearlyLowest(Float64Array.of(0.41, 0.4, 0, 0.4))).toEqual([1 / 3, 1])
    expect(lowestPlace(Float64Array.of(1, 0.39, 0, 0, 0.41))).toBe(0.5)
  })
})
