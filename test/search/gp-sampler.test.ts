import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { createSampler } from '../../src/search/create-sampler.ts'
import { logExpectedImprovement } from '../../src/search/expected-improvement.ts'
import { fitSearchProcess } from '../../src/search/gaussian-process.ts'
import { observe } from '../../src/search/gp-observations.ts'
import type { PastTrial, ProposalRequest } from '../../src/search/sampler.ts'
import { axesView, placeOf } from '../../src/search/unit-view.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { constraintsHold, pointKey, sampleUniform } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { pastTrial, request } from '../../src/testing/requests.ts'

const gp = createSampler('gp')

/** Trials at random points of the space. */
function trialsIn(space: SearchSpace, count: number, value: (params: Params) => number): PastTrial[] {
  const draws = fastGenerator(['gp sampler', count])
  return Array.from({ length: count }, (_, number) => {
    const params = sampleUniform(space, draws)
    return pastTrial(number, params, value(params))
  })
}

/** What the sampler looks for the highest value of. */
function meritOf(asked: ProposalRequest): (params: Params) => number {
  const axes = axesView(asked.space)
  const observations = observe(asked, axes, asked.history)
  const { process, noisy } = fitSearchProcess(observations)
  const pending = asked.pending.map((params) => placeOf(axes, params))
  const model = process.believing(pending, 1)
  const means = [...observations.places, ...pending].map((place) => model.meanAt(place, 1))
  return (params) => {
    const { mean, deviation } = model.predict(placeOf(axes, params), 1)
    return noisy ? 2 * deviation - mean : logExpectedImprovement(Math.min(...means), mean, deviation).value
  }
}

/** Points all over the space that may be proposed. */
function pointsOf({ space, taken }: ProposalRequest): Params[] {
  const draws = fastGenerator(['all over'])
  const points = Array.from({ length: 1500 }, () => sampleUniform(space, draws))
  return points.filter((params) => constraintsHold(space, params) && !taken.has(pointKey(params)))
}

/** How much worse the proposal is than the best of many points. */
function shortfall(asked: ProposalRequest): number {
  const merit = meritOf(asked)
  return Math.max(...pointsOf(asked).map(merit)) - merit(gp.propose(asked))
}

const line = searchSpace({ x: float(0, 1) })
const wave = ({ x }: Params): number => Math.sin(11 * (x as number)) + (x as number)

describe('the proposal of the Gaussian process', () => {
  it('has the highest expected improvement, beside pending trials too', () => {
    for (const count of [7, 9, 12]) {
      const history = trialsIn(line, count, wave)
      const asked = request(line, 1, history)
      expect(shortfall(asked)).toBeLessThan(1e-6)
      expect(shortfall(request(line, 1, history, [gp.propose(asked)]))).toBeLessThan(1e-6)
    }
  })

  it('has the best confidence bound where values are noisy', () => {
    const draws = fastGenerator(['noise'])
    const history = trialsIn(line, 40, (params) => wave(params) + 2 * draws.next())
    expect(fitSearchProcess(observe(request(line, 1, []), axesView(line), history)).noisy).toBe(true)
    const asked = request(line, 1, history)
    expect(shortfall(asked)).toBeLessThan(1e-6)
    expect(shortfall(request(line, 1, history, [gp.propose(asked)]))).toBeLessThan(1e-6)
  })

  it('is the best of a branch in which a parameter exists, or of the other one', () => {
    const space = searchSpace({
      kind: choice(['a', 'b']),
      x: when({ kind: 'a' }, float(0, 1)),
      size: int(1, 9),
    })
    for (const better of ['a', 'b']) {
      const history = trialsIn(space, 20, ({ kind, x, size }) => {
        const level = kind === better ? 0 : 2
        // Steep along x: a branch without it is as far from one with it as points of that branch from each other.
        return level + (x === undefined ? 0 : Math.sin(20 * (x as number))) + ((size as number) - 4) ** 2 / 20
      })
      const asked = request(space, 1, history)
      expect(shortfall(asked)).toBeLessThan(1e-3)
    }
  })

  it('is the best of the points that keep the rules', () => {
    const space = searchSpace({ x: float(0, 1), y: float(0, 1) }, { require: 'x + y >= 0.7' })
    const history = trialsIn(space, 25, ({ x, y }) => (x as number) ** 2 + (y as number))
    const asked = request(space, 1, history)
    expect(constraintsHold(space, gp.propose(asked))).toBe(true)
    expect(shortfall(asked)).toBeLessThan(0.02)
  })

  it('is that of the Sobol sequence before there is enough to learn from', () => {
    const history = trialsIn(line, 6, wave)
    const sobol = createSampler('sobol')
    const early = request(line, 1, history.slice(0, 5))
    expect(gp.propose(early)).toEqual(sobol.propose(early))
    const later = request(line, 1, history)
    expect(gp.propose(later)).not.toEqual(sobol.propose(later))
  })
})

describe('the branch that was tried least', () => {
  const space = searchSpace({
    a: choice(['p', 'q', 'r']),
    x: float(0, 1),
    b: choice([1, 2]),
  })
  const points: Params[] = [
    { a: 'p', x: 0.1, b: 1 },
    { a: 'p', x: 0.5, b: 1 },
    { a: 'q', x: 0.4, b: 1 },
    { a: 'p', x: 0.9, b: 1 },
    { a: 'p', x: 0.3, b: 2 },
    { a: 'r', x: 0.7, b: 1 },
    { a: 'r', x: 0.2, b: 1 },
    { a: 'p', x: 0.6, b: 1 },
  ]
  const value = ({ a, x, b }: Params): number => (a === 'p' ? 0 : 3) + (b === 1 ? 0 : 3) + (x as number)
  const history = points.map((params, number) => pastTrial(number, params, value(params)))
  const at = (index: number, changes: Partial<ProposalRequest> = {}): Params =>
    gp.propose({ ...request(space, 1, history), index, ...changes })

  it('has every sixth trial, of one choice after another', () => {
    for (const index of [9, 10, 12, 16]) expect(at(index)).toMatchObject({ a: 'p', b: 1 })
    expect(at(5).a).toBe('q')
    expect(at(11).b).toBe(2)
    expect(at(11).a).not.toBe('q')
    expect(at(17).a).toBe('q')
    expect(at(23).b).toBe(2)
  })

  it('is counted over pending trials and those of the stages before, too', () => {
    const q = [0.15, 0.25].map((x) => ({ a: 'q', x, b: 1 }))
    expect(at(17, { pending: q })).toMatchObject({ a: 'r' })
    const earlier = q.map((params, i) => pastTrial(20 + i, params, value(params)))
    expect(at(17, { earlier })).toMatchObject({ a: 'r' })
  })

  it('is one of the box, whatever lay outside of it', () => {
    const narrowed = searchSpace({ a: choice(['q', 'r']), x: float(0, 1), b: choice([1, 2]) })
    expect(at(17, { space: narrowed }).a).toBe('q')
    expect(at(17, { space: narrowed, pending: [0.15, 0.25].map((x) => ({ a: 'q', x, b: 1 })) }).a).toBe('r')
  })
})
