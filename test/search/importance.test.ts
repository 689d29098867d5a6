import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { shuffle } from '../../src/random/permutation.ts'
import { type ImportanceRequest, importance } from '../../src/search/importance.ts'
import { choice, float, searchSpace } from '../../src/space/constructors.ts'
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

  it('is the same whatever the order in which trials are given', () => {
    const request = requestOf(
      searchSpace({ a: float(0, 1), b: float(0, 1) }),
      150,
      ({ a, b }) => (a as number) + 0.2 * (b as number),
    )
    const trials = shuffle([...request.trials], fastGenerator(['order']))
    expect(importance({ ...request, trials })).toEqual(importance(request))
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
})
