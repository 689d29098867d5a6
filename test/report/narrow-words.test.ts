import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decisionClause } from '../../src/report/narrow-words.ts'
import { narrowingLines } from '../../src/report/narrowing.ts'
import type { ParameterDecision } from '../../src/search/narrow-decision.ts'
import { float, int } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { toNarrowDecision } from '../../src/store/narrowing-json.ts'

const range = float(1e-6, 10, { log: true })
const because = (reason: ParameterDecision['reason'], changes: Partial<ParameterDecision> = {}) =>
  decisionClause({ name: 'lr', action: 'kept', before: range, after: range, reason, remarks: [], ...changes })

describe('the words of a narrowing decision', () => {
  it('have the figures of its code', () => {
    expect(because({ code: 'too-few-values', withValue: 2, trials: 9 })).toBe(
      'only 2 of 9 trials have a value: too few to tell',
    )
    expect([0, 1, 2].map((elite) => because({ code: 'too-few-elite', elite }))).toEqual([
      'none of the best trials has it: too few to tell',
      'only one of the best trials has it: too few to tell',
      'only 2 of the best trials have it: too few to tell',
    ])
    expect(because({ code: 'no-trend', pValue: 0.4213 })).toBe(
      'the best trials are distributed like all trials (p = 0.42)',
    )
    expect(because({ code: 'concentrated', pValue: 0.01, share: 0.5, best: 1e-3 })).toBe(
      'narrowed to 3.5 of 7 decades',
    )
    expect(
      because({ code: 'concentrated', pValue: 0.01, share: 0.531, best: 1 }, { before: float(0, 2) }),
    ).toBe('narrowed to 53 % of the range')
    const edge = { code: 'past-edge', pValue: 0.01, edge: 'upper', best: 9.51, bestAtEdge: true } as const
    const reach = { unit: 'decades', amount: 1 } as const
    expect(because({ ...edge, reach }, { action: 'moved' })).toBe(
      'best 9.5 lies at the upper edge: moved 1 decade above it',
    )
    expect(
      because(
        { ...edge, edge: 'lower', bestAtEdge: false, reach: { unit: 'widths', amount: 0.5 } },
        { action: 'extended' },
      ),
    ).toBe('values improve right up to the lower edge (best at 9.5): extended 0.5 of its width below it')
    expect(because({ code: 'choices-missing', pValue: 0.001, elite: 13, missing: ['tanh', 'elu'] })).toBe(
      'none of the best 13 trials uses tanh or elu (p = 0.001)',
    )
  })

  it('say which choices came back, and which went', () => {
    const back = { code: 'choices-back', pValue: 0.001, elite: 13, back: ['elu'], missing: [] } as const
    expect(because(back)).toBe('elu restored: some of the best trials, drawn from the whole range, use it')
    expect(because({ ...back, back: ['elu', 'relu'], missing: ['tanh'] })).toBe(
      'elu and relu restored: some of the best trials, drawn from the whole range, use them; none of the best 13 trials uses tanh (p = 0.001)',
    )
  })

  it('add where the trials diverged', () => {
    const remarks = [{ code: 'diverged-side', count: 9, side: 'above', from: 0.312 }] as const
    expect(because({ code: 'no-trend', pValue: 0.5 }, { remarks })).toBe(
      'the best trials are distributed like all trials (p = 0.5); all 9 diverged trials lie above 0.31',
    )
  })

  it('round where trials diverged to the width of the range, outwards, so that it is true', () => {
    const lies = (before: Distribution, side: 'above' | 'below', from: number) =>
      because(
        { code: 'tied', tied: 2, trials: 9 },
        { before, after: before, remarks: [{ code: 'diverged-side', count: 12, side, from }] },
      ).split('trials lie ')[1]
    expect(lies(float(1000, 1001), 'above', 1000.7134)).toBe('above 1000.71')
    expect(lies(float(1000, 1001), 'below', 1000.7134)).toBe('below 1000.72')
    expect(lies(float(0, 1), 'above', 0.8125)).toBe('above 0.81')
    expect(lies(float(0, 1), 'above', 0.75)).toBe('at or above 0.75')
    expect(lies(float(-2000, -1000), 'below', -1234.5)).toBe('below -1230')
    expect(lies(float(0.05, 1.05, { step: 0.1 }), 'below', 0.15)).toBe('at or below 0.15')
    expect(lies(int(1000, 1010), 'above', 1007)).toBe('at or above 1007')
    expect(lies(int(1, 99_999), 'below', 12_345)).toBe('at or below 1.2345e4')
    expect(lies(float(-1.7e308, 1.7e308), 'above', 1.234e308)).toBe('above 1.23e308')
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (low, width, part) => {
          const from = low + part * width
          const before = float(low, low + width)
          // Rounding takes a value a rounding error away from a round one for that.
          const slack = 1e-9 * (Math.abs(from) + width)
          const border = (side: 'above' | 'below') => Number(lies(before, side, from)!.split(' ').at(-1))
          expect(border('above')).toBeLessThanOrEqual(from + slack)
          expect(border('below')).toBeGreaterThanOrEqual(from - slack)
          expect(border('below') - border('above')).toBeLessThanOrEqual(0.021 * width)
        },
      ),
    )
  })

  it('count only the best that have a value of a parameter that is not always there', () => {
    const missing = { code: 'choices-missing', pValue: 0.001, elite: 7, of: 16, missing: ['b'] } as const
    expect(because(missing)).toBe(
      '7 of the best 16 trials have the parameter, and none of them uses b (p = 0.001)',
    )
  })

  it('are the stored sentence for a decision of version 1 of the store', () => {
    const stored = {
      trials: 32,
      diverged: 0,
      failed: 0,
      elite: [4, 9, 1],
      keep: 0.2,
      margin: 0.2,
      rootShare: 0.1,
      parameters: [
        {
          name: 'lr',
          action: 'moved',
          before: range,
          after: { ...range, low: 1e-9 },
          reason: 'best 1.4e-6 lies at the lower edge: moved 3 decades below it',
          figures: { pValue: 0.01, movedDecades: 3 },
        },
      ],
    }
    const lines = narrowingLines(toNarrowDecision(stored), 120).map((line) =>
      line.map((span) => (typeof span === 'string' ? span : span.text)).join(''),
    )
    expect(lines).toEqual([
      '  lr  [1e-6, 10] -> [1e-9, 10]  best 1.4e-6 lies at the lower edge: moved 3 decades below it',
    ])
  })
})
