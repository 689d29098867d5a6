import { describe, expect, it } from 'vitest'
import { gridSampler } from '../../src/search/grid-sampler.ts'
import { proposeTrial } from '../../src/search/propose-trial.ts'
import { choice, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { pointKey } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { request, stage } from '../../src/testing/requests.ts'

/** What a stage of that many trials tries. */
function grid(space: SearchSpace, trials: number): Params[] {
  const points: Params[] = []
  for (let index = 0; index < trials; index++) {
    const asked = { ...request(space, 1, [], [], trials), index, taken: new Set(points.map(pointKey)) }
    points.push(gridSampler.propose(asked))
  }
  return points
}
/** The values of each point in a row. */
const rows = (points: readonly Params[]) => points.map((params) => Object.values(params).join(' '))
const mixed = searchSpace({ x: float(0, 1), n: int(1, 3), kind: choice(['a', 'b']) })

describe('a grid that fits its stage', () => {
  it('has every choice and the ends of every range, the last parameter changing fastest', () => {
    expect(rows(grid(mixed, 12))).toEqual(
      ['0', '0.5', '1'].flatMap((x) => [`${x} 1 a`, `${x} 1 b`, `${x} 3 a`, `${x} 3 b`]),
    )
  })

  it('has one level more on the axis with fewest, in turn, as long as it fits', () => {
    const levels = (trials: number) => {
      const points = grid(mixed, trials)
      return [
        points.filter(({ n, kind }) => n === 1 && kind === 'a'),
        points.filter(({ x, kind }) => x === 0 && kind === 'a'),
      ]
        .map((line) => line.length)
        .join()
    }
    expect([8, 12, 18, 24].map(levels)).toEqual(['2,2', '3,2', '3,3', '4,3'])
  })

  it('gives the other trials to uniform draws', () => {
    const points = grid(mixed, 15)
    expect(rows(points.slice(0, 12))).toEqual(rows(grid(mixed, 12)))
    for (const { x } of points.slice(12)) expect([0, 0.5, 1]).not.toContain(x)
  })

  it('is even on the scale of each range', () => {
    const levels = (range: Parameters<typeof searchSpace>[0][string], count: number) =>
      grid(searchSpace({ range }), count).map((params) => params.range)
    expect(levels(float(0, 1), 5)).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(levels(float(1e-4, 1, { log: true }), 3)).toEqual([1e-4, expect.closeTo(1e-2, 12), 1])
    expect(levels(float(0, 1, { step: 0.1 }), 3)).toEqual([0, 0.5, 1])
    expect(levels(int(1, 7), 4)).toEqual([1, 3, 5, 7])
    expect(levels(int(1, 6), 4)).toEqual([1, 3, 4, 6])
    // 0.5 · 2001^(1/3) and 0.5 · 2001^(2/3), rounded: an int has half a unit past its bounds.
    expect(levels(int(1, 1000, { log: true }), 4)).toEqual([1, 6, 79, 1000])
    expect(levels(choice([8, 16, 32, 64, 128], { ordered: true }), 3)).toEqual([8, 32, 128])
    expect(levels(choice(['only']), 1)).toEqual(['only'])
  })

  it('has each whole number of a log scale once', () => {
    const levels = (range: Parameters<typeof searchSpace>[0][string], count: number) =>
      grid(searchSpace({ range }), count).map((params) => params.range)
    expect(levels(int(1, 4, { log: true }), 4)).toEqual([1, 2, 3, 4])
    expect(levels(int(1, 32, { log: true }), 16)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 19, 25, 32],
    ])
    expect(new Set(levels(int(3, 40, { log: true }), 37)).size).toBe(37)
    const both = grid(searchSpace({ n: int(1, 4, { log: true }), x: float(0, 1) }), 16)
    for (const n of [1, 2, 3, 4]) expect(both.filter((params) => params.n === n)).toHaveLength(4)
  })

  it('leaves no turn to the draws from the whole range', () => {
    const space = searchSpace({ a: choice([1, 2, 3]), b: choice([1, 2, 3]) })
    const root = searchSpace({ a: choice([1, 2, 3, 4]), b: choice([1, 2, 3, 4]), x: float(0, 1) })
    const stages = [stage(), stage({ sampler: 'grid', trials: 10, rootShare: 0.1 })]
    const taken = new Set<string>()
    const points = Array.from({ length: 10 }, (_, index) => {
      const asked = { ...request(space, 1, [], []), stages, stage: 1, index, root, taken }
      const { params } = proposeTrial(asked)
      taken.add(pointKey(params))
      return params
    })
    expect(rows(points.slice(0, 9))).toEqual(rows(grid(space, 9)))
    expect(points[9]).toHaveProperty('x')
  })

  it('leaves out what breaks a rule, has a point once, and leaves what is fixed', () => {
    const space = searchSpace(
      { f: fixed(7), kind: choice(['a', 'b']), n: when({ kind: 'b' }, int(1, 3)), m: int(1, 3) },
      { require: 'm != 2' },
    )
    expect(rows(grid(space, 18)).slice(0, 8)).toEqual([
      '7 a 1',
      '7 a 3',
      '7 b 1 1',
      '7 b 1 3',
      '7 b 2 1',
      '7 b 2 3',
      '7 b 3 1',
      '7 b 3 3',
    ])
  })

  it('gives way where a point is taken, and begins after the points to start with', () => {
    const asked = (index: number, taken: readonly Params[]) => ({
      ...request(searchSpace({ n: int(1, 3) }), 1, []),
      stages: [stage({ trials: 4, startWith: [{ n: 1 }] })],
      index,
      taken: new Set(taken.map(pointKey)),
    })
    expect(gridSampler.propose(asked(1, []))).toEqual({ n: 1 })
    expect(gridSampler.propose(asked(3, []))).toEqual({ n: 3 })
    expect(gridSampler.propose(asked(1, [{ n: 1 }, { n: 2 }]))).toEqual({ n: 3 })
  })
})

describe('a grid whose stage gets more trials', () => {
  /** What a stage tries that has so many trials at first, then so many. */
  const extended = (space: SearchSpace, ...counts: readonly number[]) => {
    const points: Params[] = []
    const taken = new Set<string>()
    for (const trials of counts) {
      for (let index = points.length; index < trials; index++) {
        const params = gridSampler.propose({ ...request(space, 1, [], [], trials), index, taken })
        points.push(params)
        taken.add(pointKey(params))
      }
    }
    return points
  }
  const times = (points: readonly Params[], name: string) =>
    [...Map.groupBy(points, (params) => params[name])].map(([, those]) => those.length)

  it.each([
    [16, 25],
    [9, 16],
  ])(
    'tries points of the larger grid, no point twice and each value as often, from %i to %i',
    (few, many) => {
      const space = searchSpace({ x: float(0, 1), y: float(0, 1) })
      const points = extended(space, few, many)
      expect(new Set(points.map(pointKey)).size).toBe(many)
      const larger = grid(space, many)
      const keys = new Set(larger.map(pointKey))
      for (const params of points.slice(few)) expect(keys).toContain(pointKey(params))
      const tried = points.filter((params) => keys.has(pointKey(params)))
      for (const name of ['x', 'y']) {
        const often = times(tried, name)
        expect(often.length).toBe(new Set(larger.map((params) => params[name])).size)
        expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(1)
      }
    },
  )

  it('tries each choice equally often in all, to within one, however often it gets more', () => {
    const space = searchSpace({ a: choice([1, 2, 3, 4]), b: choice([1, 2, 3]), c: choice([1, 2]) })
    for (const counts of [
      [12, 24],
      [8, 16, 24],
      [5, 9],
      [20, 23],
    ] as const) {
      const points = extended(space, ...counts)
      expect(new Set(points.map(pointKey)).size).toBe(counts.at(-1))
      for (const name of ['a', 'b', 'c']) {
        const often = times(points, name)
        expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(1)
      }
    }
  })

  it('draws uniformly what is left beyond the larger grid', () => {
    const points = extended(searchSpace({ x: float(0, 1), y: float(0, 1) }), 16, 17)
    expect([0, 1 / 3, 2 / 3, 1]).not.toContain(points[16]!.x)
  })
})

describe('a grid that does not fit its stage', () => {
  const pairs = (count: number) =>
    searchSpace(Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, choice([0, 1])])))

  it('tries every value of seven pairs of choices equally often, and no point twice', () => {
    const points = grid(pairs(7), 8)
    expect(new Set(points.map(pointKey)).size).toBe(8)
    for (let i = 0; i < 7; i++) expect(points.filter((params) => params[`c${i}`] === 1)).toHaveLength(4)
  })

  it('tries each two values of two choices equally often, where shuffles find that', () => {
    const points = grid(pairs(3), 4)
    for (const [a, b] of [
      ['c0', 'c1'],
      ['c0', 'c2'],
      ['c1', 'c2'],
    ] as const) {
      expect(new Set(points.map((params) => `${params[a]}${params[b]}`)).size).toBe(4)
    }
  })

  it('tries each value of uneven choices equally often, to within one', () => {
    const sizes = [3, 4, 3, 2, 5]
    const space = searchSpace(
      Object.fromEntries(
        sizes.map((size, i) => [`c${i}`, choice(Array.from({ length: size }, (_, k) => k))]),
      ),
    )
    const points = grid(space, 30)
    expect(rows(points.slice(0, 3))).toEqual(['2 3 2 1 0', '1 2 0 0 4', '2 2 2 0 2'])
    for (const [i, size] of sizes.entries()) {
      for (let value = 0; value < size; value++) {
        const times = points.filter((params) => params[`c${i}`] === value).length
        expect(Math.abs(times - 30 / size)).toBeLessThan(1)
      }
    }
  })

  it('has no point twice and each value equally often, to within one, for any number of trials', () => {
    const sizes = [3, 4, 3, 2]
    const space = searchSpace(
      Object.fromEntries(
        sizes.map((size, i) => [`c${i}`, choice(Array.from({ length: size }, (_, k) => k))]),
      ),
    )
    for (let trials = 1; trials < 72; trials++) {
      const points = grid(space, trials)
      expect(new Set(points.map(pointKey)).size, `${trials}`).toBe(trials)
      for (const [i, size] of sizes.entries()) {
        const times = Array.from(
          { length: size },
          (_, value) => points.filter((params) => params[`c${i}`] === value).length,
        )
        expect(Math.max(...times) - Math.min(...times), `${trials} trials, c${i}`).toBeLessThanOrEqual(1)
      }
    }
  })

  it('varies each of twenty ranges, with both ends, and gives what it gave', () => {
    const ranges = searchSpace(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}`, float(0, 1)])),
    )
    const points = grid(ranges, 32)
    expect(new Set(points.map(pointKey)).size).toBe(32)
    for (let i = 0; i < 20; i++) {
      expect(points.filter((params) => params[`r${i}`] === 0)).toHaveLength(16)
      expect(points.filter((params) => params[`r${i}`] === 1)).toHaveLength(16)
    }
    const digits = (params: Params) => Object.values(params).join('')
    expect([points[0]!, points[31]!].map(digits)).toEqual(['11110001011100010011', '11001111000101001011'])
  })

  it('is another for another number of trials', () => {
    const space = pairs(3)
    expect(
      [8, 4, 8].map((trials) => rows(grid(space, trials)).join() === rows(grid(pairs(3), trials)).join()),
    ).toEqual([true, true, true])
    expect(rows(grid(space, 8)).slice(0, 4)).not.toEqual(rows(grid(space, 4)))
  })
})
