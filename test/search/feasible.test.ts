import { describe, expect, it } from 'vitest'
import { createSampler } from '../../src/search/create-sampler.ts'
import { acceptanceRate } from '../../src/search/feasible.ts'
import { proposeTrial } from '../../src/search/propose-trial.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { searchNotes } from '../../src/search/search-notes.ts'
import { SAMPLER_NAMES } from '../../src/search/stage-plan.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { constraintsHold, pointKey } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, request, stage } from '../../src/testing/requests.ts'

const names = Array.from({ length: 10 }, (_, i) => `w${i}`)
const simplex = searchSpace(Object.fromEntries(names.map((name) => [name, float(0, 1)])), {
  require: `${names.join(' + ')} <= 1`,
})
const corner = searchSpace(
  { x: float(0, 1), y: float(0, 1), z: float(0, 1) },
  { require: 'x + y + z < 0.085' },
)
const equal = searchSpace(
  { a: int(1, 1000), b: int(1, 1000), kind: choice(['x', 'y']), c: when({ kind: 'x' }, int(1, 1000)) },
  { require: ['a * 3 == b', 'c > a + 100'] },
)

function sweep(name: (typeof SAMPLER_NAMES)[number], space: SearchSpace, trials: number): PastTrial[] {
  const done: PastTrial[] = []
  for (let index = 0; index < trials; index++) {
    const seen = Math.max(0, index - 7)
    const pending = done.slice(seen).map(({ params }) => params)
    const params = createSampler(name).propose(request(space, 42, done.slice(0, seen), pending, trials))
    const sum = Object.values(params).reduce<number>((total, value) => total + (Number(value) || 0), 0)
    done.push(pastTrial(index, params, -sum))
  }
  return done
}

describe.each(SAMPLER_NAMES)('the %s sampler', (name) => {
  it.each([
    ['one in ten thousand', corner],
    ['a simplex of ten weights', simplex],
    ['an equation between ints', equal],
  ])('finds points where few satisfy the constraints: %s', (_, space) => {
    const trials = sweep(name, space, 24)
    for (const { params } of trials) expect(constraintsHold(space, params)).toBe(true)
    expect(new Set(trials.map(({ params }) => pointKey(params))).size).toBe(24)
  })
})

describe('points where few satisfy the constraints', () => {
  it('lie all over the part where they hold', () => {
    const points = sweep('random', corner, 60).map(({ params }) => params)
    for (const name of ['x', 'y', 'z']) {
      const values = points.map((params) => params[name] as number)
      // Of a uniform draw from this simplex each coordinate has the mean 0.085 / 4.
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      expect(mean).toBeGreaterThan(0.013)
      expect(mean).toBeLessThan(0.031)
    }
  })

  it('are counted, and the rate is told where it is low', () => {
    expect(acceptanceRate(searchSpace({ x: float(0, 1) }, { require: 'x < 0.25' }))).toBeCloseTo(0.25, 1)
    expect(searchNotes(searchSpace({ x: float(0, 1) }, { require: 'x < 0.05' }), [stage()])[0]).toMatch(
      /^require: about [456](\.\d)? % of the points of the space satisfy it\.$/,
    )
    expect(searchNotes(simplex, [stage()])).toEqual([
      'require: less than one in a thousand points of the space satisfies it; points are found by local moves.',
    ])
    expect(searchNotes(searchSpace({ x: float(0, 1) }), [stage()])).toEqual([])
  })
})

describe('points to start with', () => {
  it('are completed until the constraints hold', () => {
    const space = searchSpace({ a: int(1, 100), b: int(1, 100) }, { require: 'b < a' })
    const startWith: Params[] = [{ a: 3 }, { a: 4 }, { a: 2 }, { a: 5 }]
    for (let seed = 0; seed < 10; seed++) {
      for (const [index, given] of startWith.entries()) {
        const asked = { ...request(space, seed, []), stages: [stage({ startWith })], index }
        const { params } = proposeTrial(asked)
        expect(params).toEqual({ ...given, b: expect.any(Number) })
        expect(constraintsHold(space, params)).toBe(true)
      }
    }
  })
})

describe('a grid that does not fit its stage', () => {
  it('tries every value of seven pairs of choices equally often, and no point twice', () => {
    const space = searchSpace(
      Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`c${i}`, choice([true, false])])),
    )
    const points = sweep('grid', space, 8).map(({ params }) => params)
    expect(new Set(points.map(pointKey)).size).toBe(8)
    for (let i = 0; i < 7; i++) {
      expect(points.filter((params) => params[`c${i}`] === true)).toHaveLength(4)
    }
  })

  it('varies each of twenty ranges, with both ends', () => {
    const space = searchSpace(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}`, float(0, 1)])),
    )
    const points = sweep('grid', space, 32).map(({ params }) => params)
    expect(new Set(points.map(pointKey)).size).toBe(32)
    for (let i = 0; i < 20; i++) {
      const values = points.map((params) => params[`r${i}`])
      expect(values.filter((value) => value === 0)).toHaveLength(16)
      expect(values.filter((value) => value === 1)).toHaveLength(16)
    }
  })

  it('says how much of it is tried', () => {
    const space = searchSpace(
      Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`c${i}`, choice([true, false])])),
    )
    expect(searchNotes(space, [stage({ sampler: 'grid', trials: 8 })])).toEqual([
      'Stage coarse: the grid has 128 points, of which 8 are tried, each value of a parameter equally often.',
    ])
    expect(searchNotes(space, [stage({ sampler: 'grid', trials: 128 })])).toEqual([])
  })
})
