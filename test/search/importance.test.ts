import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { type ImportanceRequest, importance } from '../../src/search/importance.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { sampleUniform } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial } from '../../src/testing/requests.ts'
import { FUNCTIONS, rankCorrelation, studied, trueShares } from './importance-functions.ts'

function requestOf(
  root: SearchSpace,
  count: number,
  value: (params: Params) => number,
  changes: Partial<ImportanceRequest> = {},
): ImportanceRequest {
  const draws = fastGenerator(['importance test'])
  const trials = Array.from({ length: count }, (_, number) => {
    const params = sampleUniform(root, draws)
    return pastTrial(number, params, value(params))
  })
  return { root, box: root, trials, stages: [{ epochs: 1 }], direction: 'minimize', ...changes }
}

const named = (request: ImportanceRequest) =>
  Object.fromEntries(importance(request)!.map(({ name, ...rest }) => [name, rest]))

describe('the importance of parameters', () => {
  it('is the same whatever the order in which trials are given', () => {
    const request = requestOf(
      searchSpace({ a: float(0, 1), b: float(0, 1) }),
      150,
      ({ a, b }) => (a as number) + 0.2 * (b as number),
    )
    const trials = shuffle([...request.trials], fastGenerator(['order']))
    expect(importance({ ...request, trials })).toEqual(importance(request))
  })

  it('is of values near the largest numbers what it is of smaller ones', () => {
    const space = searchSpace({ a: float(0, 1), b: float(0, 1) })
    const of = (size: number) =>
      named(requestOf(space, 48, ({ a, b }) => size * (1.8 * (a as number) - 0.9 + 0.05 * (b as number))))
    expect(of(1.7e308).a!.whole.main).toBeGreaterThan(0.9)
    expect(of(1.7e308).a!.whole.main).toBeCloseTo(of(1).a!.whole.main, 6)
  })

  it('is the same whatever a conditional parameter is called', () => {
    const shares = (called: string) => {
      const space = searchSpace({
        kind: choice(['a', 'b', 'c']),
        [called]: when({ kind: 'a' }, choice([1, 2, 3])),
        x: float(0, 1),
      })
      const value = (params: Params) =>
        (Object.hasOwn(params, called) ? Number(params[called]) : 1) + (params.x as number)
      return importance(requestOf(space, 60, value))!.map(({ whole }) => whole)
    }
    expect(shares('constructor')).toEqual(shares('beta'))
    expect(shares('toString')).toEqual(shares('beta'))
  })

  it('tells parameters that matter only together', () => {
    const space = searchSpace({ a: float(0, 1), b: float(0, 1), c: float(0, 1) })
    const found = named(
      requestOf(
        space,
        96,
        ({ a, b, c }) => 4 * ((a as number) - 0.5) * ((b as number) - 0.5) + 0.5 * (c as number),
      ),
    )
    expect(found.a!.whole.withOthers && found.b!.whole.withOthers).toBe(true)
    expect(found.c!.whole.withOthers).toBe(false)
    expect(found.a!.whole.total).toBeGreaterThan(2 * found.a!.whole.main)
  })

  it('counts divergence as the worst score, and leaves failures out', () => {
    const space = searchSpace({ a: float(0, 1), b: float(0, 1) })
    const value = ({ a, b }: Params) => ((a as number) > 0.6 ? Number.NaN : 0.1 * (b as number))
    const request = requestOf(space, 64, value)
    expect(named(request).a!.whole.main).toBeGreaterThan(0.4)
    const failed = request.trials.map((trial) =>
      trial.value === null ? { ...trial, state: 'failed' as const } : trial,
    )
    expect(named({ ...request, trials: failed }).b!.whole.main).toBeGreaterThan(0.8)
  })

  it('weighs a conditional parameter by the share of points where it exists', () => {
    const space: SearchSpace = {
      ...searchSpace({ kind: choice(['on', 'off']), inner: float(0, 1), other: float(0, 1) }),
      conditions: { inner: { kind: 'on' } },
    }
    const request = requestOf(space, 128, ({ inner = 0.5, other }) => (inner as number) + (other as number))
    const { inner, other, kind } = named(request)
    expect(inner!.whole.main).toBeGreaterThan(0.25)
    expect(inner!.whole.main).toBeLessThan(0.45)
    expect(other!.whole.main).toBeGreaterThan(0.5)
    expect(kind!.whole.main).toBeLessThan(0.05)
    expect(kind!.whole.curve.map(({ value }) => value)).toEqual(['on', 'off'])
  })

  it('gives nothing to a parameter that hardly any point has', () => {
    const space = searchSpace({
      n: int(0, 1000),
      rare: when({ n: 0 }, choice(['a', 'b'])),
      x: float(0, 1),
    })
    const { rare, x } = named(requestOf(space, 40, (params) => params.x as number))
    expect(rare).toEqual({
      whole: { main: 0, total: 0, withOthers: false, curve: [] },
      here: { main: 0, total: 0, withOthers: false, curve: [] },
    })
    expect(x!.whole.main).toBeGreaterThan(0.8)
  })

  it('says what matters in the last box, and nothing of what is decided there', () => {
    const root = searchSpace({ a: float(0, 1), b: float(0, 1), c: choice(['x', 'y']) })
    const box: SearchSpace = {
      ...root,
      parameters: { ...root.parameters, a: float(0.45, 0.55), c: { kind: 'fixed', value: 'x' } },
    }
    const value = ({ a, b, c }: Params) =>
      3 * Math.abs((a as number) - 0.5) + 0.5 * (b as number) + (c === 'x' ? 0 : 2)
    const { a, b, c } = named(requestOf(root, 96, value, { box }))
    expect(a!.whole.main).toBeGreaterThan(b!.whole.main)
    expect(b!.here!.main).toBeGreaterThan(0.7)
    expect(c!.here).toBeNull()
    expect(a!.here!.curve.map(({ value }) => value)).toHaveLength(11)
  })

  it('is nothing below twelve trials with a value', () => {
    const space = searchSpace({ a: float(0, 1) })
    expect(importance(requestOf(space, 11, ({ a }) => a as number))).toBeNull()
    expect(importance(requestOf(space, 12, ({ a }) => a as number))).toHaveLength(1)
  })

  it('is nothing of parameters where all values are equal', () => {
    const space = searchSpace({ a: float(0, 1), b: float(0, 1) })
    for (const { whole } of importance(requestOf(space, 20, () => 7))!) {
      expect(whole).toMatchObject({ main: 0, total: 0, withOthers: false })
    }
  })

  it('is averaged over all points where hardly one satisfies the rules', () => {
    const free = searchSpace({ a: float(0, 1), b: float(0, 1) })
    const thin = { ...free, constraints: ['a < b and b < a + 0.0001'] }
    const request = requestOf(free, 24, ({ a, b }) => (a as number) + (b as number))
    expect(importance({ ...request, root: thin, box: thin })).toEqual(importance(request))
    const half = { ...free, constraints: ['a < b'] }
    expect(importance({ ...request, root: half, box: half })).not.toEqual(importance(request))
  })

  it('gives what it gave: pinned for 200 trials of two stages', () => {
    const root = searchSpace(
      {
        kind: choice(['on', 'off']),
        a: float(0, 1),
        inner: when({ kind: 'on' }, float(1e-3, 1, { log: true })),
        n: int(1, 4),
        wide: int(1, 100),
      },
      { require: 'a * 100 <= wide + 80' },
    )
    const box = { ...root, parameters: { ...root.parameters, a: float(0.2, 0.6), n: int(2, 3) } }
    const draws = fastGenerator(['pinned importance'])
    const trials = Array.from({ length: 200 }, (_, number) => {
      const params = sampleUniform(root, draws)
      const { kind, a, inner, n } = params as { kind: string; a: number; inner: number; n: number }
      const ofKind = kind === 'on' ? -0.2 * Math.log10(inner) : 0.5
      const value = number % 17 === 5 ? Number.NaN : 2 * (a - 0.3) ** 2 + ofKind + 0.1 * n * a
      return { ...pastTrial(number, params, value, number < 90 ? 0 : 1), epochs: number < 90 ? 1 : 4 }
    })
    const stages = [{ epochs: 1 }, { epochs: 4 }]
    const found = importance({ root, box, trials, stages, direction: 'minimize' })!
    const near = (value: number) => expect.closeTo(value, 6)
    const figures = found.map(({ name, whole, here }) => [
      name,
      ...[whole, here!].map(({ main, total, curve }) => [main, total, curve[0]!.score, curve.at(-1)!.score]),
    ])
    expect(figures).toEqual([
      [
        'kind',
        [0.057996773, 0.15990627, -0.251343432, 0.179199304].map(near),
        [0.065731387, 0.232150602, -0.619675724, -0.283873919].map(near),
      ],
      [
        'a',
        [0.753401721, 0.590185766, -0.558771457, 1.301865962].map(near),
        [0.351536293, 0.349808097, -0.973216686, -0.226464685].map(near),
      ],
      [
        'inner',
        [0.183038491, 0.225145076, 0.254975946, -1.219621254].map(near),
        [0.549719505, 0.369562934, -0.135605649, -1.333246319].map(near),
      ],
      [
        'n',
        [0.003697779, 0.007007835, -0.162345004, -0.016766757].map(near),
        [0.002300228, 0.002415383, -0.514986525, -0.452168822].map(near),
      ],
      [
        'wide',
        [0.001865237, 0.017755053, -0.02687602, -0.146381851].map(near),
        [0.030712586, 0.046062984, -0.281088686, -0.636977404].map(near),
      ],
    ])
    expect(found.map(({ whole }) => whole.withOthers)).toEqual([true, false, true, false, false])
    const values = (index: number) => found[index]!.whole.curve.map(({ value }) => value)
    expect([values(0), values(3)]).toEqual([
      ['on', 'off'],
      [1, 2, 3, 4],
    ])
    expect(values(1)).toEqual(Array.from({ length: 11 }, (_, i) => i / 10))
  })

  it('has the order of the true shares after a study of 96 noisy trials, and gives nearly nothing to null parameters', () => {
    let correlation = 0
    let nulls = 0
    const names = Object.keys(FUNCTIONS)
    for (const name of names) {
      const shares = studied(name, 1).map(({ whole }) => whole.main)
      correlation +=
        rankCorrelation(trueShares(FUNCTIONS[name]!).with(4, 0).with(5, 0), shares) / names.length
      nulls += (shares[4]! + shares[5]!) / 2 / names.length
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    }
    expect(correlation).toBeGreaterThan(0.85)
    expect(nulls).toBeLessThan(0.03)
  })
})
