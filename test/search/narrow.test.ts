import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { narrow } from '../../src/search/narrow.ts'
import { choice, float, int, searchSpace, when } from '../../src/space/constructors.ts'
import type { Params } from '../../src/space/distribution.ts'
import { distributionMistake } from '../../src/space/distribution-rules.ts'
import { contains, countValues } from '../../src/space/unit-scale.ts'
import { pastTrial, stage } from '../../src/testing/requests.ts'
import { away, decision, narrowed, space, trialsOf } from './narrowing.ts'

describe('narrowing', () => {
  it('narrows a parameter that matters to where the best trials lie, and leaves the others alone', () => {
    const result = narrowed(
      space,
      trialsOf(space, 64, 1, (params) => away(params.learningRate, -3)),
    )
    const { action, after, reason } = decision(result, 'learningRate')
    expect(action).toBe('narrowed')
    expect(after).toMatchObject({ kind: 'float', log: true })
    expect(contains(after, 1e-3)).toBe(true)
    expect(reason).toMatchObject({ code: 'concentrated', best: expect.any(Number) })
    expect(reason.code === 'concentrated' && reason.pValue < 0.01 && reason.share < 1).toBe(true)
    expect(decision(result, 'reg')).toMatchObject({ action: 'kept', reason: { code: 'no-trend' } })
    expect(decision(result, 'dropout').after).toEqual(space.parameters.dropout)
    expect(result.space.parameters.learningRate).toEqual(after)
  })

  it('says from which value on trials diverge, or up to which', () => {
    const at = (diverges: (x: number) => boolean) => {
      const one = searchSpace({ x: float(0, 1) })
      const trials = Array.from({ length: 40 }, (_, number) => {
        const x = (number + 0.5) / 40
        return pastTrial(number, { x }, diverges(x) ? Number.NaN : (x - 0.5) ** 2)
      })
      return decision(narrowed(one, trials), 'x').remarks
    }
    expect(at((x) => x > 0.8)).toEqual([{ code: 'diverged-side', count: 8, side: 'above', from: 0.8125 }])
    expect(at((x) => x < 0.2)).toEqual([{ code: 'diverged-side', count: 8, side: 'below', from: 0.1875 }])
    expect(at((x) => Math.round(x * 40) % 8 === 0)).toEqual([])
    expect(at((x) => x > 0.975)).toEqual([])
  })

  it('leaves a parameter alone that fewer than three of the best have', () => {
    const two = searchSpace({ kind: choice(['a', 'b']), x: when({ kind: 'a' }, float(0, 1)) })
    const trials = Array.from({ length: 40 }, (_, number) => {
      const hasIt = number < 2 || number >= 20
      return pastTrial(number, hasIt ? { kind: 'a', x: number / 40 } : { kind: 'b' }, number)
    })
    expect(decision(narrowed(two, trials), 'x').reason).toEqual({ code: 'too-few-elite', elite: 2 })
  })

  it('decides nothing from too few trials', () => {
    for (const trials of [trialsOf(space, 2, 1, () => 1), trialsOf(space, 20, 1, () => Number.NaN)]) {
      const result = narrowed(space, trials)
      expect(result.space).toEqual(space)
      const withValue = trials.filter(({ value }) => value !== null).length
      for (const parameter of result.decision.parameters)
        expect(parameter.reason).toEqual({ code: 'too-few-values', withValue, trials: trials.length })
    }
  })

  it('holds the best trials of any values, keeps every range sound and hard bounds hard', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 60 }),
        fc.integer(),
        fc.integer({ min: 0, max: 4 }),
        (count, seed, kind) => {
          const any = searchSpace({
            learningRate: float(1e-6, 10, { log: true, soft: true }),
            dropout: float(0, 0.95),
            units: int(16, 256, { log: true, soft: true }),
            layers: int(1, 3, { soft: true }),
            batchSize: choice([8, 16, 32], { ordered: true }),
          })
          const noise = fastGenerator(['noise', seed])
          const values: ((params: Params) => number)[] = [
            () => noise.next(),
            (p) => p.learningRate as number,
            (p) => -(p.units as number) + noise.next(),
            (p) => ((p.learningRate as number) > 1e-2 ? Number.NaN : (p.dropout as number)),
            (p) => (p.layers as number) * (p.batchSize as number),
          ]
          const trials = trialsOf(any, count, seed, values[kind]!)
          const result = narrowed(any, trials, seed % 2 === 0 ? 'minimize' : 'maximize')
          for (const [name, after] of Object.entries(result.space.parameters)) {
            expect(distributionMistake(after)).toBeNull()
            expect(countValues(after)).toBeGreaterThanOrEqual(2)
            for (const number of result.decision.elite)
              expect(contains(after, trials[number]!.params[name]!)).toBe(true)
          }
          const dropout = result.space.parameters.dropout as { low: number; high: number }
          expect(dropout.low >= 0 && dropout.high <= 0.95).toBe(true)
        },
      ),
      { numRuns: 25 },
    ))

  it('leaves a parameter without influence at least 80 % of its range in 95 % of 40 seeds', () => {
    let kept = 0
    for (let seed = 0; seed < 40; seed++) {
      const noise = fastGenerator(['evidence noise', seed])
      const trials = trialsOf(space, 32, seed, (params) => away(params.learningRate, -3) ** 2 + noise.next())
      const { low, high } = decision(narrowed(space, trials), 'reg').after as { low: number; high: number }
      const decades = Math.min(5, Math.log10(high)) - Math.max(-5, Math.log10(low))
      if (decades >= 8) kept++
    }
    expect(kept).toBeGreaterThanOrEqual(38)
  })

  it('takes at least three trials as the best, however small keep is', () => {
    const trials = trialsOf(space, 30, 1, (params) => away(params.learningRate, -3))
    const request = { space, root: space, trials, direction: 'minimize', streamName: [42] } as const
    expect(narrow({ ...request, plan: stage({ keep: 0.01 }) }).decision.elite).toHaveLength(3)
    expect(narrow({ ...request, plan: stage({ keep: 0.2 }) }).decision.elite).toHaveLength(6)
  })

  it('says in how many trials it looked for how many of the best, and in which order', () => {
    const one = searchSpace({ x: float(0, 1) })
    const trials = Array.from({ length: 10 }, (_, number) =>
      pastTrial(number, { x: number / 10 }, 9 - number),
    )
    const mixed = trials.map((trial, i) => {
      if (i > 2) return trial
      return { ...trial, value: null, state: i < 1 ? ('failed' as const) : ('diverged' as const) }
    })
    const request = { space: one, root: one, trials: mixed, streamName: [42], direction: 'minimize' } as const
    const { decision: made } = narrow({ ...request, plan: { keep: 0.3, margin: 0.1, rootShare: 0.2 } })
    expect(made).toMatchObject({
      ...{ trials: 10, diverged: 2, failed: 1, elite: [9, 8, 7], keep: 0.3, margin: 0.1, rootShare: 0.2 },
    })
  })

  it('moves no range on a constant objective over a grid, for 20 seeds', () => {
    const one = searchSpace({ lr: float(1e-6, 1, { log: true }) })
    for (let seed = 0; seed < 20; seed++) {
      const trials = Array.from({ length: 32 }, (_, number) =>
        pastTrial(number, { lr: 10 ** (-6 + (6 * number) / 31) }, 0.1),
      )
      const result = narrow({
        space: one,
        root: one,
        trials,
        direction: 'maximize',
        plan: stage(),
        streamName: [seed],
      } as const)
      expect(decision(result, 'lr')).toMatchObject({
        action: 'kept',
        reason: { code: 'tied', tied: 32, trials: 32 },
      })
    }
  })

  it('says that keep: 1 keeps everything', () => {
    const trials = trialsOf(space, 30, 1, (params) => away(params.learningRate, -3))
    const result = narrow({
      space,
      root: space,
      trials,
      direction: 'minimize',
      plan: stage({ keep: 1 }),
      streamName: [1],
    })
    for (const { reason } of result.decision.parameters)
      expect(reason).toEqual({ code: 'keeps-all', trials: 30 })
    expect(result.space).toEqual(space)
  })

  it('holds the optimum of a narrow range far from zero through two narrowings', () => {
    const root = searchSpace({ x: float(1000, 1001, { hard: true }) })
    const value = ({ x }: Params) => ((x as number) - 1000.3) ** 2
    const first = narrowed(root, trialsOf(root, 64, 1, value))
    const next = narrow({
      space: first.space,
      root,
      trials: trialsOf(first.space, 32, 2, value),
      direction: 'minimize',
      plan: stage(),
      streamName: [42],
    } as const)
    for (const { space: box } of [first, next]) {
      const { low, high } = box.parameters.x as { low: number; high: number }
      expect(low).toBeGreaterThanOrEqual(1000)
      expect(low).toBeLessThan(1000.3)
      expect(high).toBeGreaterThan(1000.3)
      expect(high).toBeLessThan(1000.9)
    }
    expect(decision(first, 'x').action).toBe('narrowed')
  })

  describe('by the drift of the best', () => {
    const one = searchSpace({ layers: int(1, 8), rate: float(1e-4, 1, { log: true }) })
    const trials = trialsOf(one, 64, 5, ({ layers }) => Math.abs((layers as number) - 3))
    const early = (best: number) => ({
      epoch: 1,
      epochs: 3,
      values: new Map(
        trials.map(({ number, params }) => [number, Math.abs((params.layers as number) - best)]),
      ),
    })
    const request = {
      space: one,
      root: one,
      trials,
      direction: 'minimize',
      plan: stage(),
      streamName: [42],
    } as const

    it('cuts both sides where nothing moves', () => {
      expect(decision(narrow({ ...request, early: early(3) }), 'layers')).toMatchObject({
        after: { high: 4 },
        remarks: [],
      })
    })

    it('does not cut the side that the best move towards as they train longer', () => {
      const { action, after, remarks } = decision(narrow({ ...request, early: early(1) }), 'layers')
      expect(action).not.toBe('moved')
      expect(after).toMatchObject({ high: 8 })
      expect(remarks).toEqual([
        { code: 'drift', side: 'upper', moved: expect.any(Number), fromEpoch: 1, toEpoch: 3 },
      ])
      expect(decision(narrow({ ...request, early: early(1) }), 'rate').remarks).toEqual([])
    })
  })

  it('gives what it gave: pinned for seed 42', () => {
    const trials = trialsOf(
      space,
      48,
      42,
      (params) => away(params.learningRate, -3) ** 2 + away(params.reg, -6),
    )
    const { decision: made, space: box } = narrowed(space, trials)
    expect({ elite: made.elite, parameters: box.parameters }).toMatchInlineSnapshot(`
      {
        "elite": [
          21,
          31,
          25,
          30,
          23,
          3,
          0,
          19,
          22,
          10,
        ],
        "parameters": {
          "dropout": {
            "hard": true,
            "high": 0.95,
            "kind": "float",
            "log": false,
            "low": 0,
            "step": null,
          },
          "learningRate": {
            "hard": false,
            "high": 0.395,
            "kind": "float",
            "log": true,
            "low": 0.000001,
            "step": null,
          },
          "reg": {
            "hard": false,
            "high": 3.05,
            "kind": "float",
            "log": true,
            "low": 1e-8,
            "step": null,
          },
        },
      }
    `)
  })
})
