import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import type { PastTrial, ProposalRequest } from '../../src/search/sampler.ts'
import { choice, float, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { sampleUniform } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, request, stage } from '../../src/testing/requests.ts'

const tpe = createSampler('tpe')
const plane = searchSpace({ x: float(0, 1), kind: choice(['a', 'b', 'c']) })

/** Trials at random points, the best first: number and value are their rank. */
function ranked(space: SearchSpace, count: number): PastTrial[] {
  const draws = fastGenerator(['tpe', count])
  return Array.from({ length: count }, (_, rank) => pastTrial(rank, sampleUniform(space, draws), rank))
}

/** With the params of two ranks swapped. */
function swapped(trials: readonly PastTrial[], rank: number): PastTrial[] {
  const [a, b] = [trials[rank]!, trials[rank + 1]!]
  return trials.with(rank, { ...a, params: b.params }).with(rank + 1, { ...b, params: a.params })
}

/** What is proposed with some seeds. */
function proposals(
  space: SearchSpace,
  history: readonly PastTrial[],
  changes: Partial<ProposalRequest> = {},
) {
  return Array.from({ length: 12 }, (_, seed): Params => {
    return tpe.propose({ ...request(space, seed, history), index: 500, ...changes })
  })
}

describe('the trials that TPE takes for good ones', () => {
  it.each([
    [20, 3],
    [40, 6],
    [41, 7],
    [160, 24],
    [167, 25],
    [210, 25],
  ])('are of %i trials the best %i: 15 in a hundred, 25 at most', (count, good) => {
    const trials = ranked(plane, count)
    const plain = proposals(plane, trials)
    // The order of the others does not matter; the last good one and the first other one are not alike.
    expect(proposals(plane, swapped(trials, good))).toEqual(plain)
    expect(proposals(plane, swapped(trials, good - 1))).not.toEqual(plain)
  })

  it('are as good among those of other epochs, whatever values these have', () => {
    const stages = [stage({ epochs: 1 }), stage({ epochs: 3 })]
    const now = ranked(plane, 20).map((trial) => ({ ...trial, stage: 1 }))
    const before = ranked(plane, 30)
    const shifted = before.map((trial) => ({ ...trial, value: trial.value! - 1000 }))
    const [some, same, fewer] = [before, shifted, before.slice(0, 4)].map((earlier) =>
      proposals(plane, now, { stages, stage: 1, earlier }),
    )
    expect(same).toEqual(some)
    expect(fewer).not.toEqual(some)
  })

  it('and the others are the best 225: what ranks behind says nothing', () => {
    const trials = ranked(plane, 225)
    const behind = Array.from({ length: 15 }, (_, i) => pastTrial(225 + i, { x: 0.9999, kind: 'a' }, 225 + i))
    expect(proposals(plane, [...trials, ...behind])).toEqual(proposals(plane, trials))
  })
})

describe('what TPE proposes', () => {
  /** 30 trials, of which the good five are at the given points; the others lie about evenly. */
  const around = (space: SearchSpace, points: readonly Params[]): PastTrial[] =>
    ranked(space, 30).map((trial) => ({ ...trial, params: points[trial.number] ?? trial.params }))

  it('lies near a good trial in all continuous parameters together', () => {
    const square = searchSpace({ x: float(0, 1), y: float(0, 1) })
    const good = [0.2, 0.8, 0.22, 0.78, 0.21].map((u) => ({ x: u, y: u }))
    for (const { x, y } of proposals(square, around(square, good))) {
      expect(Math.abs((x as number) - (y as number))).toBeLessThan(0.35)
    }
  })

  it('mixes the choices of good trials', () => {
    const names = ['p', 'q', 'r', 's', 't', 'u']
    const space = searchSpace({ a: choice(names), b: choice(names), x: float(0, 1) })
    const good = ['p', 'q', 'p', 'q', 'p'].map((name, i) => ({ a: name, b: name, x: 0.1 * i }))
    const found = proposals(space, around(space, good))
    expect(found.every(({ a, b }) => 'pq'.includes(`${a}`) && 'pq'.includes(`${b}`))).toBe(true)
    expect(found.some(({ a, b }) => a !== b)).toBe(true)
  })

  it('does not depend on values of parameters that do not exist there', () => {
    const space = searchSpace({
      kind: choice(['a', 'b']),
      x: when({ kind: 'a' }, float(0, 1)),
      y: float(0, 1),
    })
    const good = [0.3, 0.31, 0.29, 0.32, 0.28].map((y) => ({ kind: 'b', y }))
    for (const params of proposals(space, around(space, good))) {
      expect(params.kind).toBe('b')
      expect(Object.keys(params)).toEqual(['kind', 'y'])
      expect(Math.abs((params.y as number) - 0.3)).toBeLessThan(0.2)
    }
  })

  it('is that of the Sobol sequence without six trials, two of them with a value', () => {
    const sobol = createSampler('sobol')
    const trials = ranked(plane, 6)
    const failing = (valued: number): PastTrial[] =>
      trials.map((trial, i) => (i < valued ? trial : { ...trial, state: 'diverged', value: null }))
    for (const [history, isSobol] of [
      [trials.slice(0, 5), true],
      [trials, false],
      [failing(1), true],
      [failing(2), false],
    ] as const) {
      const asked = request(plane, 3, history)
      if (isSobol) expect(tpe.propose(asked)).toEqual(sobol.propose(asked))
      else expect(tpe.propose(asked)).not.toEqual(sobol.propose(asked))
    }
  })
})

describe('samplers', () => {
  it('say whether results decide what they propose', () => {
    const names = ['random', 'sobol', 'grid', 'tpe', 'gp'] as const
    expect(names.map((name) => createSampler(name).adaptive)).toEqual([false, false, false, true, true])
  })
})
