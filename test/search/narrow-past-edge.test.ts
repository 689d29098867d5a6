import { describe, expect, it } from 'vitest'
import { narrow } from '../../src/search/narrow.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import { contains } from '../../src/space/unit-scale.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'
import { away, decision, narrowed, space, trialsOf } from './narrowing.ts'

describe('narrowing at the edge of a range', () => {
  it('moves a range past the edge that the best lies at, and says how far', () => {
    const result = narrowed(
      space,
      trialsOf(space, 64, 1, (params) => away(params.reg, -7) ** 2),
    )
    const { action, after, reason } = decision(result, 'reg')
    expect(action).toBe('moved')
    expect(after).toMatchObject({ low: 1e-8 })
    expect(contains(after, 1e-7)).toBe(true)
    expect(reason).toMatchObject({
      code: 'past-edge',
      edge: 'lower',
      bestAtEdge: true,
      reach: { unit: 'decades', amount: expect.closeTo(3, 10) },
    })
  })

  it('goes back past an edge that an earlier narrowing drew, but less far', () => {
    const box = searchSpace({
      ...space.parameters,
      learningRate: float(1e-4, 1e-2, { log: true, soft: true }),
    })
    const result = narrow({
      space: box,
      root: space,
      trials: trialsOf(box, 64, 1, (params) => away(params.learningRate, -5) ** 2),
      direction: 'minimize',
      plan: stage(),
      streamName: [42, 'narrow', 2],
    })
    expect(decision(result, 'learningRate')).toMatchObject({
      action: 'moved',
      after: { low: 1e-5 },
      reason: { code: 'past-edge', reach: { unit: 'decades', amount: expect.closeTo(1, 10) } },
    })
  })

  it('reaches out to a trial of the whole range that is among the best', () => {
    const box = searchSpace({ ...space.parameters, learningRate: float(1e-2, 1, { log: true, soft: true }) })
    const inside = trialsOf(box, 40, 1, (params) => 1 + away(params.learningRate, -1))
    const outside = pastTrial(40, { learningRate: 2e-5, reg: 1, dropout: 0.1 }, 0)
    const request = {
      space: box,
      root: space,
      direction: 'minimize',
      plan: stage(),
      streamName: [42],
    } as const
    const result = narrow({ ...request, trials: [...inside, outside] })
    expect(result.decision.elite[0]).toBe(40)
    expect(contains(decision(result, 'learningRate').after, 2e-5)).toBe(true)
    expect(decision(result, 'learningRate')).toMatchObject({
      action: 'extended',
      reason: { code: 'elite-outside', outermost: 2e-5 },
    })
  })

  it('never passes a hard edge', () => {
    const result = narrowed(
      space,
      trialsOf(space, 64, 1, (params) => -(params.dropout as number)),
    )
    const { action, after } = decision(result, 'dropout')
    expect(action).toBe('narrowed')
    expect(after).toMatchObject({ high: 0.95 })
  })

  it('never takes a range without negative values below zero', () => {
    const momentum = searchSpace({
      momentum: float(0, 0.99, { soft: true }),
      other: float(0, 1, { soft: true }),
    })
    const { after } = decision(
      narrowed(
        momentum,
        trialsOf(momentum, 64, 1, (p) => p.momentum as number),
      ),
      'momentum',
    )
    expect((after as { low: number }).low).toBe(0)
  })

  it.each([
    ['a log range', float(1e-2, 1, { log: true, soft: true }), 1e3, { unit: 'decades', amount: 3 }],
    ['a linear range', float(10, 20, { soft: true }), 25, { unit: 'widths', amount: 0.5 }],
    ['an int range', int(10, 19, { soft: true }), 24, { unit: 'widths', amount: 5 / 9 }],
  ] as const)('goes past an edge of %s as far as documented', (_, range, high, reach) => {
    const one = searchSpace({ x: range })
    const trials = trialsOf(one, 64, 1, ({ x }) => -(x as number))
    expect(decision(narrowed(one, trials), 'x')).toMatchObject({
      action: 'moved',
      after: { high },
      reason: {
        code: 'past-edge',
        edge: 'upper',
        reach: { ...reach, amount: expect.closeTo(reach.amount, 10) },
      },
    })
  })

  it('goes back past an edge that narrowing drew in a hard range, never past the declared one', () => {
    const root = searchSpace({ x: float(0.5, 100, { hard: true }) })
    const box = searchSpace({ x: float(4, 20, { hard: true }) })
    const trials = trialsOf(box, 64, 1, ({ x }) => x as number)
    const request = {
      space: box,
      root,
      trials,
      direction: 'minimize',
      plan: stage(),
      streamName: [42],
    } as const
    expect(decision(narrow(request), 'x')).toMatchObject({
      action: 'moved',
      after: { low: 0.5 },
      reason: { code: 'past-edge', edge: 'lower', reach: { unit: 'widths' } },
      remarks: [],
    })
  })

  it.each([
    ['an int range of three values', int(1, 3, { soft: true }), int(1, 3), 'upper'],
    ['an int range of four', int(1, 4, { soft: true }), int(1, 4), 'upper'],
    [
      'a float range of four',
      float(0.25, 1, { step: 0.25, soft: true }),
      float(0.25, 1, { step: 0.25 }),
      'upper',
    ],
    [
      'a log int range at its low end',
      int(2, 16, { log: true, soft: true }),
      int(2, 16, { log: true }),
      'lower',
    ],
  ] as const)('goes past the end value of %s, and says where a hard one stops it', (_, soft, hard, edge) => {
    const made = (range: typeof soft | typeof hard, seed: number) => {
      const one = searchSpace({ n: range, x: float(0, 1) })
      const sign = edge === 'upper' ? -1 : 1
      const trials = trialsOf(one, 64, seed, ({ n, x }) => sign * (n as number) + 0.1 * (x as number))
      return decision(narrowed(one, trials), 'n')
    }
    for (const seed of [1, 2, 3]) {
      expect(made(soft, seed)).toMatchObject({ reason: { code: 'past-edge', edge, bestAtEdge: true } })
      expect(made(hard, seed).remarks).toMatchObject([{ code: 'hard-bound', edge, bestAtEdge: true }])
    }
  })

  it('says where a hard bound is what stops the search, and only there', () => {
    const hard = searchSpace({
      lr: float(1e-5, 1, { log: true, hard: true }),
      other: float(0, 1, { hard: true }),
    })
    const trials = trialsOf(hard, 64, 1, ({ lr }) => -Math.log10(lr as number))
    const result = narrowed(hard, trials)
    expect(decision(result, 'lr')).toMatchObject({ action: 'narrowed', after: { high: 1 } })
    expect(decision(result, 'lr').remarks).toEqual([
      { code: 'hard-bound', edge: 'upper', bound: 1, bestAtEdge: true },
    ])
    expect(decision(result, 'other').remarks).toEqual([])
    // A soft range would not go below zero either.
    const rate = searchSpace({ dropout: float(0, 0.95, { hard: true }) })
    const low = decision(
      narrowed(
        rate,
        trialsOf(rate, 64, 1, ({ dropout }) => dropout as number),
      ),
      'dropout',
    )
    expect(low).toMatchObject({ action: 'narrowed', remarks: [] })
  })
})
