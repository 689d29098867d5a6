import assert from 'node:assert/strict'
import { UserError } from '../errors.ts'
import { log } from '../numerics/elementary.ts'
import { randomSampler } from '../search/random-sampler.ts'
import type { PastTrial, Sampler } from '../search/sampler.ts'
import { samplerMistake } from '../search/sampler-mistake.ts'
import { checkParams } from '../space/check-params.ts'
import { choice, fixed, float, int, searchSpace, when } from '../space/constructors.ts'
import type { Params } from '../space/distribution.ts'
import { pointKey } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { throwsWith } from './assertions.ts'
import { checkOption, checkRunner } from './check-arguments.ts'
import { pastTrial, request } from './requests.ts'
import type { TestRunner } from './runner.ts'

const mixed = searchSpace({
  learningRate: float(1e-6, 10, { log: true }),
  dropout: float(0, 0.95),
  units: int(16, 256, { log: true }),
  layers: int(1, 4),
  activation: choice(['relu', 'tanh', 'sigmoid']),
  batchSize: choice([8, 16, 32, 64], { ordered: true }),
  decay: float(0, 1, { step: 0.05 }),
  epochs: fixed(5),
})

const conditional = searchSpace(
  {
    optimizer: choice(['adam', 'sgd']),
    beta: when({ optimizer: 'adam' }, float(0.8, 0.999)),
    momentum: when({ optimizer: 'sgd' }, choice([0, 0.5, 0.9], { ordered: true })),
    units1: int(1, 64),
    units2: int(1, 64),
  },
  { require: ['units2 <= units1', 'units1 + units2 >= 4'] },
)

const finite = searchSpace({ a: int(1, 4), b: choice(['x', 'y', 'z']), c: when({ b: 'x' }, choice([1, 2])) })

/** A value that every parameter has a part in. */
function measure(params: Params): number {
  return Object.values(params).reduce<number>((sum, value) => {
    const size = typeof value === 'number' ? log(1 + Math.abs(value)) : String(value).length
    return sum + (size - 1) ** 2
  }, 0)
}

/** A study's first trials by the sampler, `lag` at a time; every ninth diverges. */
function sweep(sampler: Sampler, space: SearchSpace, trials: number, seed: number, lag = 8): PastTrial[] {
  const done: PastTrial[] = []
  for (let index = 0; index < trials; index++) {
    const seen = Math.max(0, index - lag + 1)
    const pending = done.slice(seen).map(({ params }) => params)
    const params = sampler.propose(request(space, seed, done.slice(0, seen), pending, trials))
    done.push(pastTrial(index, params, index % 9 === 4 ? Number.NaN : measure(params)))
  }
  return done
}

const SPACES = [
  ['mixed', mixed],
  ['conditional and constrained', conditional],
  ['finite', finite],
] as const

/**
 * Registers the tests that every sampler must pass.
 * @param options `seeded: false` for one whose points are the same whatever the seed, such as a grid
 */
export function checkSampler(
  sampler: Sampler,
  runner: Pick<TestRunner, 'test'>,
  options: { readonly seeded?: boolean } = {},
): void {
  const mistake = samplerMistake(sampler)
  if (mistake !== null) throw new UserError('usage', `checkSampler: sampler${mistake}`)
  checkRunner('checkSampler', runner, ['test'])
  checkOption('checkSampler', options, 'seeded', 'boolean')
  const { test } = runner
  const { seeded = true } = options
  for (const [kind, space] of SPACES) {
    test(`gives points of a ${kind} space, all constraints satisfied`, () => {
      for (const { params } of sweep(sampler, space, 30, 42))
        assert.deepStrictEqual(checkParams(space, params), [])
    })
  }

  test('gives the same point for the same request, whatever it was asked before', () => {
    const history = sweep(randomSampler, mixed, 20, 7)
    const asked = request(
      mixed,
      42,
      history.slice(0, 14),
      history.slice(14).map(({ params }) => params),
    )
    const first = sampler.propose(asked)
    sampler.propose(request(mixed, 43, history))
    assert.deepStrictEqual(sampler.propose(structuredClone(asked)), first)
  })

  if (seeded) {
    test('gives different points for a different seed', () => {
      const keys = (seed: number) => sweep(sampler, mixed, 4, seed).map(({ params }) => pointKey(params))
      assert.notDeepStrictEqual(keys(1), keys(2))
    })
  }

  test('looks at results only if it is adaptive', () => {
    const history = sweep(randomSampler, mixed, 24, 7)
    const turned = history.map((trial) => pastTrial(trial.number, trial.params, -measure(trial.params)))
    const points = (results: readonly PastTrial[]) =>
      Array.from({ length: 10 }, (_, seed) => pointKey(sampler.propose(request(mixed, seed, results))))
    if (sampler.adaptive) assert.notDeepStrictEqual(points(turned), points(history))
    else assert.deepStrictEqual(points(turned), points(history))
  })

  test('tries every point of a finite space once before it repeats one', () => {
    // 4 values of a, with y, z, or x and one of two c.
    const keys = sweep(sampler, finite, 18, 42).map(({ params }) => pointKey(params))
    assert.strictEqual(new Set(keys.slice(0, 16)).size, 16)
    assert.strictEqual(keys.length, 18)
  })

  test('says in a sentence that no point satisfies the constraints', () => {
    // Bounds alone do not show it: b would have to be both.
    const impossible = searchSpace(
      { a: float(0, 1), b: float(0, 1) },
      { require: ['b < a and a < b + 1e-15', 'b > 0'] },
    )
    throwsWith(
      () => sampler.propose(request(impossible, 1, [])),
      'require: no random point satisfied "b < a and a < b + 1e-15"',
    )
  })

  test('maximises as it minimises the negative', () => {
    const history = sweep(randomSampler, mixed, 20, 7)
    const negative = history.map(({ number, params, value }) =>
      pastTrial(number, params, -(value ?? Number.NaN)),
    )
    const up = sampler.propose({ ...request(mixed, 3, negative), direction: 'maximize' })
    assert.deepStrictEqual(up, sampler.propose(request(mixed, 3, history)))
  })
}
