import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areTied,
  compareTrials,
  hasValue,
  isBad,
  isBadAnywhere,
  type Ranked,
  rankTrials,
} from '../../src/search/rank.ts'
import { ALL_STATES, type TrialState } from '../../src/trial.ts'

const trial = (
  number: number,
  state: TrialState,
  value: number | null,
  more: Partial<Ranked> = {},
): Ranked => ({ number, state, value, ...more })
const numbers = (trials: readonly Ranked[], direction: 'minimize' | 'maximize') =>
  rankTrials(trials, direction).map(({ number }) => number)

describe('ranking trials', () => {
  const trials = [
    trial(0, 'failed', null),
    trial(1, 'complete', 0.5),
    trial(2, 'diverged', null),
    trial(3, 'complete', 0.7),
    trial(4, 'running', null),
    trial(5, 'complete', 0.5),
    trial(6, 'pruned', 0.6, { epochs: 3 }),
    trial(7, 'diverged', null),
    trial(8, 'complete', null),
  ]

  it('puts values in the direction asked for, then pruned, diverged, failed and unfinished trials', () => {
    expect(numbers(trials, 'maximize')).toEqual([3, 1, 5, 6, 2, 7, 0, 4, 8])
    expect(numbers(trials, 'minimize')).toEqual([1, 5, 3, 6, 2, 7, 0, 4, 8])
  })

  it('never puts a pruned trial above a longer one, however lucky its value', () => {
    const stopped = [
      trial(0, 'pruned', 0.99, { epochs: 1 }),
      trial(1, 'pruned', 0.4, { epochs: 9 }),
      trial(2, 'pruned', 0.5, { epochs: 9 }),
      trial(3, 'complete', 0.1, { epochs: 27 }),
    ]
    expect(numbers(stopped, 'maximize')).toEqual([3, 2, 1, 0])
    expect(numbers(stopped, 'minimize')).toEqual([3, 1, 2, 0])
  })

  it('breaks ties by the second metric in either direction, then by the deeper budget, then by number', () => {
    const tied = [
      trial(0, 'complete', 0.9, { tie: null, budget: { epochs: 5 } }),
      trial(1, 'complete', 0.9, { tie: 0.3, budget: { epochs: 1 } }),
      trial(2, 'complete', 0.9, { tie: 0.2, budget: { epochs: 1 } }),
      trial(3, 'complete', 0.9, { tie: 0.3, budget: { epochs: 5 } }),
      trial(4, 'complete', 0.9, { tie: 0.3, budget: { epochs: 5 } }),
    ]
    for (const direction of ['minimize', 'maximize'] as const) {
      expect(numbers(tied, direction)).toEqual([2, 3, 4, 1, 0])
    }
    expect(areTied(tied[1]!, tied[4]!, 'minimize')).toBe(true)
    expect(areTied(tied[0]!, tied[4]!, 'minimize')).toBe(false)
    expect(areTied(trial(0, 'diverged', null), trial(1, 'diverged', null), 'minimize')).toBe(true)
  })

  it('goes by the value alone where the second metric says otherwise, however near or far the values are', () => {
    const pairs = [
      [0.1, 0.1 + 2 ** -56],
      [-1e308, 1e308],
      [5e-324, 1e-323],
    ] as const
    for (const [low, high] of pairs) {
      const two = [trial(0, 'complete', high, { tie: 0 }), trial(1, 'complete', low, { tie: 1 })]
      expect(numbers(two, 'minimize')).toEqual([1, 0])
      expect(numbers(two, 'maximize')).toEqual([0, 1])
    }
  })

  it('takes a budget that is not given for the least, and pruned trials whose epochs are not known for the shortest', () => {
    const one = { budget: { epochs: 1 } }
    expect(numbers([trial(0, 'complete', 1), trial(1, 'complete', 1, one)], 'minimize')).toEqual([1, 0])
    expect(numbers([trial(1, 'complete', 1, one), trial(0, 'complete', 1)], 'minimize')).toEqual([1, 0])
    const pruned = [trial(0, 'pruned', 1), trial(1, 'pruned', 2, { epochs: 1 })]
    expect(numbers(pruned, 'minimize')).toEqual([1, 0])
    expect(numbers(pruned.toReversed(), 'minimize')).toEqual([1, 0])
  })

  it('is an order: of any two different trials exactly one is ahead, and what is ahead of one ahead is ahead', () => {
    const states: TrialState[] = ['complete', 'pruned', 'diverged', 'failed', 'running', 'waiting']
    const any = fc
      .record({
        state: fc.constantFrom(...states),
        value: fc.constantFrom(0.1, 0.2),
        epochs: fc.constantFrom(1, 3),
        tie: fc.constantFrom(null, 1, 2),
        budget: fc.constantFrom({ epochs: 3 }, { epochs: 9 }),
      })
      .map((one) => ({ ...one, value: ['complete', 'pruned'].includes(one.state) ? one.value : null }))
    return fc.assert(
      fc.property(fc.tuple(any, any, any), fc.constantFrom('minimize', 'maximize'), (three, direction) => {
        const [a, b, c] = three.map((one, number) => ({ ...one, number })) as [Ranked, Ranked, Ranked]
        expect(Math.sign(compareTrials(a, b, direction))).toBe(-Math.sign(compareTrials(b, a, direction)))
        expect(compareTrials(a, b, direction)).not.toBe(0)
        if (compareTrials(a, b, direction) < 0 && compareTrials(b, c, direction) < 0)
          expect(compareTrials(a, c, direction)).toBeLessThan(0)
      }),
    )
  })

  it('leaves the list it was given', () => {
    const before = structuredClone(trials)
    rankTrials(trials, 'minimize')
    expect(trials).toEqual(before)
  })
})

describe('what a trial says', () => {
  it('is a value, if it completed or was pruned and has one', () => {
    const valued = (value: number | null) => ALL_STATES.filter((state) => hasValue(trial(0, state, value)))
    expect(valued(0)).toEqual(['complete', 'pruned'])
    expect(valued(null)).toEqual([])
  })

  it('is that its place is bad, if it diverged, and on this machine if it failed', () => {
    expect(ALL_STATES.filter((state) => isBad({ state }))).toEqual(['diverged', 'failed'])
    expect(ALL_STATES.filter((state) => isBadAnywhere({ state }))).toEqual(['diverged'])
  })
})
