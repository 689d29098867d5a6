import { describe, expect, it } from 'vitest'
import { stream } from '../../src/random/stream.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import { acceptanceRate, drawFeasible } from '../../src/search/feasible.ts'
import { proposeTrial } from '../../src/search/propose-trial.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
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

  it('lie in each of the parts where they hold, wherever the trials before lie', () => {
    const islands = searchSpace(
      { x: float(0, 1), y: float(0, 1) },
      { require: '(x < 0.01 and y < 0.01) or (x > 0.99 and y > 0.99)' },
    )
    const low = sweep('random', islands, 60).filter(({ params }) => (params.x as number) < 0.5)
    expect(low.length).toBeGreaterThan(15)
    expect(low.length).toBeLessThan(45)
  })

  it.each([
    ['a + b == 1000', 60],
    ['a == b', 60],
    ['a * 3 == b', 60],
    ['a * b == 720', 24],
  ])('are found and spread although no parameter can change alone: %s', (rule, trials) => {
    const space = searchSpace({ a: int(0, 1000), b: int(0, 1000) }, { require: rule })
    for (const sampler of ['random', 'sobol', 'gp'] as const) {
      const points = sweep(sampler, space, trials).map(({ params }) => params)
      expect(new Set(points.map(pointKey)).size).toBe(trials)
      for (const params of points) expect(constraintsHold(space, params)).toBe(true)
    }
  })

  it('are uniform on the simplex of three weights that sum to 100: Kolmogorov distance within its 1 % bound', () => {
    const space = searchSpace(
      { a: int(0, 100), b: int(0, 100), c: int(0, 100) },
      { require: 'a + b + c == 100' },
    )
    const points = sweep('random', space, 200).map(({ params }) => params)
    for (const name of ['a', 'b', 'c']) {
      const values = points.map((params) => params[name] as number).sort((a, b) => a - b)
      // Of the 5151 points, 101 - k have a coordinate of k.
      const upTo = (k: number) => 1 - ((100 - k) * (101 - k)) / 2 / 5151
      const distance = values.map((value, i) => Math.max(upTo(value) - i / 200, (i + 1) / 200 - upTo(value)))
      expect(Math.max(...distance)).toBeLessThan(1.63 / Math.sqrt(200))
    }
  })

  it('are counted', () => {
    expect(acceptanceRate(searchSpace({ x: float(0, 1) }, { require: 'x < 0.25' }))).toBeCloseTo(0.25, 1)
    expect(acceptanceRate(searchSpace({ x: float(0, 1) }))).toBe(1)
    expect(acceptanceRate(simplex)).toBe(0)
  })
})

describe('a draw where few points satisfy the constraints', () => {
  const thin = searchSpace({ x: float(0, 1), y: float(0, 1) }, { require: 'x < y and y < x + 0.0001' })
  /** Draws that satisfy nothing of it, and move nothing: the point that a walk starts from stays. */
  const still = { next: () => 0.5, below: (bound: number) => bound - 1 }

  it('starts from a point that is known, put into the box where it lies outside', () => {
    const startedFrom = (params: Params) => drawFeasible(thin, still, {}, [params])
    expect(startedFrom({ x: 0.25, y: 0.25005 })).toEqual({ x: 0.25, y: expect.closeTo(0.25005, 12) })
    expect(startedFrom({ x: -1, y: 0.00005 })).toEqual({ x: 0, y: expect.closeTo(0.00005, 12) })
    const high = startedFrom({ x: 0.99995, y: 7 })!
    expect(high.y).toBeCloseTo(1, 9)
    expect(high.y).toBeLessThan(1)
    // None of it is known, or not as the box has it: the middle, which satisfies nothing here.
    expect(startedFrom({ x: 0.49995 })).toEqual({ x: expect.closeTo(0.49995, 12), y: 0.5 })
    expect(startedFrom({ x: 'none', y: 0.50005 })).toEqual({ x: 0.5, y: expect.closeTo(0.50005, 12) })
  })

  it('tries eight of the known points', () => {
    const drawn = (count: number) => {
      const known = Array.from({ length: count }, () => ({ x: 0.9, y: 0.1 }))
      return drawFeasible(thin, stream([42]), {}, known)
    }
    expect(drawn(8)).toEqual(drawn(20))
    expect(drawn(7)).not.toEqual(drawn(20))
    expect(drawn(0)).not.toEqual(drawn(20))
  })

  it('leaves what is given, and is none where all is given and wrong', () => {
    const { x, y } = drawFeasible(thin, stream([42]), { x: 0.25 }) as { x: number; y: number }
    expect(x).toBe(0.25)
    expect(y > 0.25 && y < 0.2501).toBe(true)
    expect(drawFeasible(thin, stream([42]), { x: 0.25, y: 0.25 })).toBeNull()
    expect(drawFeasible(thin, stream([42]), { x: 0.25, y: 0.25005 })).toEqual({ x: 0.25, y: 0.25005 })
  })

  it('gives what it gave: pinned for seed 42', () => {
    const box = searchSpace(
      { x: float(0, 1), y: float(0, 1), z: float(0, 1) },
      { require: 'x < y and y < x + 0.0001 and z < 0.001' },
    )
    const pinned = (params: Params) => expect.objectContaining(params)
    expect(drawFeasible(box, stream([42]))).toEqual(
      pinned({ x: 0.47235630733767964, y: 0.472386799105188, z: 0.0005476287934357175 }),
    )
    expect(drawFeasible(box, stream([42]), { x: 0.25 })).toEqual(
      pinned({ y: 0.2500624236962536, z: 0.0002053914361787551 }),
    )
    const mixed = searchSpace(
      {
        a: int(1, 300),
        b: int(1, 300),
        c: choice([1, 2, 3, 4, 5], { ordered: true }),
        d: choice([1, 2, 3, 4]),
        x: float(0, 1),
      },
      { require: ['a == b * c + d', 'x < 0.01', 'a > 250'] },
    )
    expect(drawFeasible(mixed, stream([7]))).toEqual({ a: 300, b: 99, c: 3, d: 3, x: 0.0026365484139846402 })
    expect(drawFeasible(mixed, stream([7]), { d: 2 })).toEqual({
      ...{ a: 291, b: 289, c: 1, d: 2 },
      x: 0.003056399950549121,
    })
    expect(acceptanceRate(searchSpace({ x: float(0, 1) }, { require: 'x < 0.3' }))).toBe(1203 / 4000)
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
