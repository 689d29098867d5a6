import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import type { PastTrial, Sampler } from '../../src/search/sampler.ts'
import { SAMPLER_NAMES } from '../../src/search/stage-plan.ts'
import { choice, fixed, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { pointKey, sampleUniform } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { checkParams } from '../space/check-params.ts'
import { pastTrial, request, stage } from './requests.ts'

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
    const size = typeof value === 'number' ? Math.log1p(Math.abs(value)) : String(value).length
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

describe.each(SAMPLER_NAMES)('the %s sampler', (name) => {
  const sampler = createSampler(name)

  it('has its name', () => {
    expect(sampler.name).toBe(name)
  })

  it.each([
    ['mixed', mixed],
    ['conditional and constrained', conditional],
    ['finite', finite],
  ])('gives points of a %s space, all constraints kept', (_, space) => {
    for (const { params } of sweep(sampler, space, 30, 42)) expect(checkParams(space, params)).toEqual([])
  })

  it('gives the same point for the same request, whatever it was asked before', () => {
    const history = sweep(createSampler('random'), mixed, 20, 7)
    const asked = request(
      mixed,
      42,
      history.slice(0, 14),
      history.slice(14).map(({ params }) => params),
    )
    const first = sampler.propose(asked)
    sampler.propose(request(mixed, 43, history))
    expect(sampler.propose(structuredClone(asked))).toEqual(first)
  })

  it('gives other points for another seed', () => {
    if (name === 'grid') return
    const keys = (seed: number) => sweep(sampler, mixed, 4, seed).map(({ params }) => pointKey(params))
    expect(keys(1)).not.toEqual(keys(2))
  })

  it('looks at results only if it is adaptive', () => {
    const history = sweep(createSampler('random'), mixed, 24, 7)
    const turned = history.map((trial) => pastTrial(trial.number, trial.params, -measure(trial.params)))
    const point = pointKey(sampler.propose(request(mixed, 42, history)))
    const other = pointKey(sampler.propose(request(mixed, 42, turned)))
    if (sampler.adaptive) expect(other).not.toBe(point)
    else expect(other).toBe(point)
  })

  it('tries every point of a finite space once before it repeats one', () => {
    // 4 values of a, with y, z, or x and one of two c.
    const keys = sweep(sampler, finite, 18, 42).map(({ params }) => pointKey(params))
    expect(new Set(keys.slice(0, 16)).size).toBe(16)
    expect(keys).toHaveLength(18)
  })

  it('says in a sentence that no point keeps the constraints', () => {
    // Bounds alone do not show it: b would have to be both.
    const impossible = searchSpace(
      { a: float(0, 1), b: float(0, 1) },
      { require: ['b < a and a < b + 1e-15', 'b > 0'] },
    )
    expect(() => sampler.propose(request(impossible, 1, []))).toThrow(
      'require: no random point satisfied "b < a and a < b + 1e-15"',
    )
  })

  it('maximises as it minimises the negative', () => {
    const history = sweep(createSampler('random'), mixed, 20, 7)
    const negative = history.map(({ number, params, value }) =>
      pastTrial(number, params, -(value ?? Number.NaN)),
    )
    const up = sampler.propose({ ...request(mixed, 3, negative), direction: 'maximize' })
    expect(up).toEqual(sampler.propose(request(mixed, 3, history)))
  })
})

describe.each(['tpe', 'gp'] as const)('the %s sampler, on a smooth function', (name) => {
  it('comes closer than random search in 8 of 10 seeds or more', () => {
    const space = searchSpace({ x: float(1e-4, 1, { log: true }), y: float(-2, 2), kind: choice(['a', 'b']) })
    const value = ({ x, y, kind }: Params): number =>
      (Math.log10(x as number) + 1.3) ** 2 + ((y as number) - 0.7) ** 2 + (kind === 'a' ? 0 : 1)
    const best = (sampler: Sampler, seed: number): number => {
      const done: PastTrial[] = []
      for (let index = 0; index < 40; index++) {
        const seen = Math.max(0, index - 7)
        const pending = done.slice(seen).map(({ params }) => params)
        const params = sampler.propose(request(space, seed, done.slice(0, seen), pending))
        done.push(pastTrial(index, params, value(params)))
      }
      return Math.min(...done.map((trial) => trial.value!))
    }
    const better = Array.from({ length: 10 }, (_, seed) => {
      return best(createSampler(name), seed) < best(createSampler('random'), seed)
    })
    expect(better.filter(Boolean).length).toBeGreaterThanOrEqual(8)
  })
})

describe('the Sobol sampler', () => {
  it('puts one of 2^m trials in each of 2^m parts of every range', () => {
    const space = searchSpace(
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, float(0, 1)])),
    )
    const points = Array.from({ length: 64 }, (_, index) =>
      createSampler('sobol').propose({ ...request(space, 42, []), index }),
    )
    for (let axis = 0; axis < 37; axis++) {
      const parts = new Set(points.map((params) => Math.floor((params[`p${axis}`] as number) * 64)))
      expect(parts.size).toBe(64)
    }
  })
})

describe('the random sampler', () => {
  it('fills the unit interval of a log range evenly: Kolmogorov distance within its 1 % bound', () => {
    const space = searchSpace({ x: float(1e-6, 10, { log: true }) })
    const places = Array.from({ length: 2000 }, (_, index) => {
      const { x } = createSampler('random').propose({ ...request(space, 42, []), index })
      return (Math.log10(x as number) + 6) / 7
    }).sort((a, b) => a - b)
    const distance = Math.max(...places.map((place, i) => Math.abs(place - (i + 0.5) / places.length)))
    expect(distance).toBeLessThan(1.63 / Math.sqrt(places.length))
  })

  it('gives each choice its share', () => {
    const space = searchSpace({ c: choice(['a', 'b', 'c', 'd']) })
    const counts: Record<string, number> = {}
    for (let index = 0; index < 4000; index++) {
      const { c } = createSampler('random').propose({ ...request(space, 42, []), index })
      counts[c as string] = (counts[c as string] ?? 0) + 1
    }
    const chi = Object.values(counts).reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(Object.keys(counts)).toHaveLength(4)
    expect(chi).toBeLessThan(16.3)
  })
})

describe('a proposal among very many', () => {
  it('does not look through the trials before it', () => {
    const taken = new Set<string>()
    const draws = fastGenerator(['many'])
    for (let i = 0; i < 1000; i++) taken.add(pointKey(sampleUniform(mixed, draws)))
    const history = new Proxy([] as PastTrial[], {
      get() {
        throw new Error('history was read')
      },
    })
    for (const name of ['random', 'sobol', 'grid'] as const) {
      const asked = {
        ...request(mixed, 42, []),
        taken,
        history,
        index: 5000,
        stages: [stage({ trials: 10_000 })],
      }
      expect(checkParams(mixed, createSampler(name).propose(asked))).toEqual([])
    }
  })
})
