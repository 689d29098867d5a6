import { describe, expect, it, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import type { PastTrial, Sampler } from '../../src/search/sampler.ts'
import { SAMPLER_NAMES } from '../../src/search/stage-plan.ts'
import { checkParams } from '../../src/space/check-params.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { pointKey, sampleUniform } from '../../src/space/points.ts'
import { checkSampler } from '../../src/testing/check-sampler.ts'
import { pastTrial, request, stage } from '../../src/testing/requests.ts'

describe.each(SAMPLER_NAMES)('the %s sampler', (name) => {
  checkSampler(createSampler(name), { test }, { seeded: name !== 'grid' })

  it('has its name', () => {
    expect(createSampler(name).name).toBe(name)
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
  const mixed = searchSpace({
    learningRate: float(1e-6, 10, { log: true }),
    layers: int(1, 4),
    activation: choice(['relu', 'tanh', 'sigmoid']),
  })

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
