import { describe, expect, it } from 'vitest'
import { effectProfiles, isFlat, lowestPlace, nearlyLowest } from '../../src/search/effect-profile.ts'
import { rankTrials } from '../../src/search/rank.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
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
  })

  it('is nearly at its lowest within two fifths of a standard deviation', () => {
    expect(nearlyLowest(Float64Array.of(1, 0.39, 0, 0.41, 0.39))).toEqual([0.25, 1])
    expect(nearlyLowest(Float64Array.of(1, 0.39, 0, 0.41, 0.41))).toEqual([0.25, 0.5])
    expect(lowestPlace(Float64Array.of(1, 0.39, 0, 0, 0.41))).toBe(0.5)
  })
})
