import { describe, expect, it } from 'vitest'
import { sortTrials, trialSorting } from '../../src/store/trial-order.ts'
import { spec } from '../../src/testing/store/records.ts'
import type { TrialRecord } from '../../src/trial.ts'

/** Trials 0, 1, 2 … of which each has one of the keys. */
const withKeys = (...keys: unknown[]) =>
  keys.map((key, number) => ({ ...spec(number), key })) as unknown as TrialRecord[]

const order = (keys: unknown[], falling: boolean): number[] => {
  const trials = withKeys(...keys)
  const shuffled = [...trials.slice(1).reverse(), trials[0]!]
  const keyOf = (trial: TrialRecord) => (trial as unknown as { key: number }).key
  return sortTrials(shuffled, keyOf, falling).map(({ number }) => number)
}

describe('sorted trials', () => {
  it.each([
    ['numbers by size', [3, -1, 10, 2], [1, 3, 0, 2], [2, 0, 3, 1]],
    ['words by their characters', ['relu', 'Tanh', 'relu6', 'elu'], [1, 3, 0, 2], [2, 0, 3, 1]],
    ['numbers before words', ['10', 11, 'a', 9], [3, 1, 0, 2], [2, 0, 1, 3]],
    ['words before numbers that fall', [5, 'x', 6], [0, 2, 1], [1, 2, 0]],
    ['switches as words', [true, false, 'no'], [1, 2, 0], [0, 2, 1]],
    ['infinities at the ends', [0, Infinity, -Infinity], [2, 0, 1], [1, 0, 2]],
  ])('have %s', (_, keys, rising, falling) => {
    expect(order(keys, false)).toEqual(rising)
    expect(order(keys, true)).toEqual(falling)
  })

  it.each([
    ['numbers', [1, 1, 1, 1]],
    ['infinities', [Infinity, Infinity, Infinity]],
    ['zeros of either sign', [0, -0, 0, -0]],
    ['words', ['a', 'a', 'a']],
    ['nothing, in whatever form', [Number.NaN, undefined, null, Number.NaN, null, undefined]],
  ])('stay in order of number where they are equal: %s', (_, keys) => {
    expect(order(keys, false)).toEqual([...keys.keys()])
    expect(order(keys, true)).toEqual([...keys.keys()])
  })

  it.each([null, undefined, Number.NaN])('come last in either direction where they have %s', (none) => {
    expect(order([none, 2, none, 'x', 1], false)).toEqual([4, 1, 3, 0, 2])
    expect(order([none, 2, none, 'x', 1], true)).toEqual([3, 1, 4, 0, 2])
  })
})

describe('the column that trials are sorted by', () => {
  const trial = {
    ...spec(7, { params: { lr: 0.1, value: 'own' } }),
    metrics: { loss: 0.5, lr: 3 },
    value: 0.25,
    startedAt: 1000,
    durationMs: 20,
  } as unknown as TrialRecord

  it('is a param, a metric or a field, whatever the others of that name hold', () => {
    expect(trialSorting({ kind: 'param', name: 'lr' })(trial)).toBe(0.1)
    expect(trialSorting({ kind: 'metric', name: 'lr' })(trial)).toBe(3)
    expect(trialSorting({ kind: 'param', name: 'value' })(trial)).toBe('own')
    expect(trialSorting({ kind: 'field', name: 'value' })(trial)).toBe(0.25)
    expect(trialSorting({ kind: 'field', name: 'number' })(trial)).toBe(7)
    expect(trialSorting({ kind: 'field', name: 'started' })(trial)).toBe(1000)
    expect(trialSorting({ kind: 'field', name: 'time' })(trial)).toBe(20)
  })

  it('has nothing where the trial has not, also under a name that every object has', () => {
    for (const name of ['none', 'toString']) {
      expect(trialSorting({ kind: 'param', name })(trial)).toBeUndefined()
      expect(trialSorting({ kind: 'metric', name })(trial)).toBeUndefined()
    }
  })
})
