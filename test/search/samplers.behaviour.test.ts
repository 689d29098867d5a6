import { describe, expect, it } from 'vitest'
import { stream } from '../../src/random/stream.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import { isRootTrial } from '../../src/search/propose-trial.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { SAMPLER_NAMES } from '../../src/search/stage-plan.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import { allPoints, pointKey } from '../../src/space/points.ts'
import { pastTrial, request } from '../../src/testing/requests.ts'

const line = searchSpace({ x: float(0, 1) })

/** Trials at these places, in order of number. */
function trialsAt(places: readonly number[], value: (x: number, index: number) => number): PastTrial[] {
  return places.map((x, index) => pastTrial(index, { x }, value(x, index)))
}

describe('root draws', () => {
  it('are the last trial of every tenth with a share of 0.1', () => {
    const roots = Array.from({ length: 40 }, (_, index) => index).filter((index) => isRootTrial(index, 0.1))
    expect(roots).toEqual([9, 19, 29, 39])
    expect([0, 1, 2, 3].filter((index) => isRootTrial(index, 0.5))).toEqual([1, 3])
    expect([0, 1, 2, 3].some((index) => isRootTrial(index, 0))).toBe(false)
  })
})

describe.each(SAMPLER_NAMES)('the %s sampler', (name) => {
  it('takes the one point that is left, wherever it lies', () => {
    const space = searchSpace({ a: int(1, 5), b: choice(['x', 'y', 'z']), c: choice([true, false]) })
    const points = allPoints(space, 100)!
    for (const left of [0, 7, 16, 29]) {
      const others = points.filter((_, index) => index !== left)
      const history = others.map((params, index) => pastTrial(index, params, index))
      const asked = { ...request(space, 42, history), taken: new Set(others.map(pointKey)) }
      expect(createSampler(name).propose(asked)).toEqual(points[left])
    }
  })
})

describe('the TPE sampler', () => {
  it('follows the best 15 % only: a larger crowd of mediocre trials elsewhere does not attract it', () => {
    const places = [
      ...Array.from({ length: 6 }, (_, i) => 0.18 + 0.01 * i),
      ...Array.from({ length: 16 }, (_, i) => 0.7 + 0.005 * i),
      ...Array.from({ length: 22 }, (_, i) => (i + 0.5) / 22),
    ]
    const history = trialsAt(places, (_, index) => index)
    const proposed = Array.from({ length: 40 }, (_, seed) => {
      return createSampler('tpe').propose(request(line, seed, history)).x as number
    })
    expect(proposed.filter((x) => x > 0.1 && x < 0.3).length).toBeGreaterThan(30)
    expect(proposed.filter((x) => x > 0.65 && x < 0.83).length).toBeLessThan(4)
  })
})

describe('the Gaussian process sampler', () => {
  it('proposes another place once its proposal is pending, as the same trial of the same study', () => {
    const square = searchSpace({ x: float(0, 1), y: float(0, 1) })
    for (let seed = 0; seed < 10; seed++) {
      const draws = stream(['pending', seed])
      const history = Array.from({ length: 14 }, (_, number) => {
        const params = { x: draws.next(), y: draws.next() }
        return pastTrial(number, params, Math.sin(7 * params.x) + (params.y - 0.5) ** 2)
      })
      const asked = request(square, seed, history)
      const first = createSampler('gp').propose(asked)
      const second = createSampler('gp').propose({ ...asked, pending: [first] })
      const apart = Math.hypot(
        (first.x as number) - (second.x as number),
        (first.y as number) - (second.y as number),
      )
      expect(apart).toBeGreaterThan(0.003)
    }
  })
})

describe('the TPE sampler beside others', () => {
  it('keeps away from pending trials', () => {
    const sampler = createSampler('tpe')
    const history = trialsAt(
      Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20),
      (x) => (x - 0.4) ** 2,
    )
    const near = (pending: number): number => {
      const pendingParams = Array.from({ length: pending }, (_, i) => ({ x: 0.36 + 0.01 * i }))
      const proposed = Array.from({ length: 20 }, (_, seed) => {
        return sampler.propose({ ...request(line, seed, history, pendingParams), index: 40 }).x as number
      })
      return proposed.filter((x) => x > 0.35 && x < 0.44).length
    }
    expect(near(0)).toBeGreaterThan(2 * near(8))
  })
})

describe.each(['tpe', 'gp'] as const)('the %s sampler', (name) => {
  const sampler = createSampler(name)

  it('leaves a region in which trials fail or diverge', () => {
    const places = Array.from({ length: 24 }, (_, i) => (i + 0.5) / 24)
    for (const state of ['failed', 'diverged'] as const) {
      const history = trialsAt(places, (x) => (x > 0.5 ? Number.NaN : 1 - x)).map((trial) =>
        trial.value === null ? { ...trial, state } : trial,
      )
      const proposed = Array.from({ length: 20 }, (_, seed) => {
        return sampler.propose(request(line, seed, history)).x as number
      })
      expect(proposed.filter((x) => x > 0.6).length).toBeLessThanOrEqual(3)
    }
  })
})

describe.each(['tpe', 'gp'] as const)('the %s sampler', (name) => {
  it('repeats no point where the optimum lies in a corner, nor where all values are equal', () => {
    const space = searchSpace({ dropout: float(0, 0.95), decay: float(0, 0.1) })
    for (let seed = 0; seed < 4; seed++) {
      for (const value of [
        (dropout: number, decay: number, i: number) =>
          dropout + 5 * decay + 0.02 * stream(['noise', i]).next(),
        () => 1,
      ]) {
        const done: PastTrial[] = []
        for (let index = 0; index < 48; index++) {
          const seen = Math.max(0, index - 7)
          const pending = done.slice(seen).map(({ params }) => params)
          const params = createSampler(name).propose(request(space, seed, done.slice(0, seen), pending, 48))
          done.push(pastTrial(index, params, value(params.dropout as number, params.decay as number, index)))
        }
        // Of two proposals that look for the same, the later one keeps a hundredth of the stage's spacing away.
        const least = 0.01 / Math.sqrt(48)
        for (const [i, a] of done.entries()) {
          for (const b of done.slice(i + 1)) {
            const apart = Math.max(
              Math.abs((a.params.dropout as number) - (b.params.dropout as number)) / 0.95,
              Math.abs((a.params.decay as number) - (b.params.decay as number)) / 0.1,
            )
            expect(apart).toBeGreaterThan(i < 12 ? 0 : 0.99 * least)
          }
        }
      }
    }
  })
})

describe('the Gaussian process sampler beside pending trials', () => {
  it('expects less of the neighbourhood of a pending trial, and goes elsewhere', () => {
    const sampler = createSampler('gp')
    for (let seed = 0; seed < 5; seed++) {
      // Half of the range was never tried.
      const history = trialsAt([0.05, 0.1, 0.15, 0.2, 0.25, 0.95], (x) => (x - 0.62) ** 2)
      const first = sampler.propose(request(line, seed, history))
      const next = sampler.propose(request(line, seed, history, [first]))
      expect(Math.abs((next.x as number) - (first.x as number))).toBeGreaterThan(0.1)
    }
  })
})
