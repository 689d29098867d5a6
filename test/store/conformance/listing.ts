import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTotals } from '../../../src/report/totals.ts'
import { hasValue, rankTrials } from '../../../src/search/rank.ts'
import { PAUSE_MS } from '../../../src/store/running-time.ts'
import type { StudyWriter, TrialColumn } from '../../../src/store/store.ts'
import { sortTrials, TRIAL_FIELDS, trialSorting } from '../../../src/store/trial-order.ts'
import { outcome, spec } from '../records.ts'

import type { Stand } from './stand.ts'

/** How every store ranks, lists, counts and adds up trials. */
export function listingConformance(stand: Stand): void {
  const { store, begin, finish } = stand

  it('ranks as the search does, whatever the states, values, ties and epochs', () => {
    const figure = fc.constantFrom(-1, -0, 0, 0.5, 0.75, Number.NEGATIVE_INFINITY, Number.NaN)
    const anyTrial = fc.record({
      state: fc.constantFrom('complete', 'pruned', 'diverged', 'failed', 'stopped'),
      value: figure,
      tie: fc.option(figure),
      step: fc.integer({ min: 1, max: 3 }),
      stage: fc.nat(2),
      epochs: fc.integer({ min: 3, max: 5 }),
    })
    const direction = fc.constantFrom('maximize', 'minimize')
    fc.assert(
      fc.property(direction, direction, fc.array(anyTrial, { maxLength: 12 }), (aim, tieAim, trials) => {
        const study = begin({ direction: aim, tieMetric: { metric: 'loss', direction: tieAim } })
        for (const [number, { state, value, tie, step, stage, epochs }] of trials.entries()) {
          store.startTrial(study, spec(number, { stage, budget: { epochs } }), 'a-host')
          const metrics: Record<string, number> = tie === null ? {} : { loss: tie }
          const measurements = [{ step, value, metrics, seconds: 1 }]
          store.finishTrial(study, number, outcome(value, { state, measurements }), false)
        }
        store.startTrial(study, spec(trials.length), 'a-host')
        store.flush()
        const ranked = rankTrials(store.trials(study).filter(hasValue), aim)
        expect(store.bestTrials(study, 100)).toEqual(ranked)
        expect(store.bestTrials(study, 3)).toEqual(ranked.slice(0, 3))
        expect(store.bestTrials(study, 0)).toEqual([])
        expect(store.bestTrials(study, 2, 1)).toEqual(ranked.filter(({ stage }) => stage === 1).slice(0, 2))
        store.finishStudy(study, 'stopped', null)
      }),
    )
  })

  it('takes the tie and the metrics from the epoch that the value is of', () => {
    const study = begin({ tieMetric: { metric: 'validAccuracy', direction: 'maximize' } })
    const measurements = [0.5, 0.75, 0.25].map((validAccuracy, index) => ({
      step: index + 1,
      value: 1,
      metrics: { validAccuracy, bestEpoch: Math.min(2, index + 1) },
      seconds: index,
    }))
    finish(study, 0, 1, { measurements })
    finish(study, 1, 1, { state: 'diverged', measurements })
    finish(study, 2, 1)
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({
      epochs: 3,
      tie: -0.75,
      metrics: measurements[1]!.metrics,
    })
    expect(store.trial(study, 1)?.tie).toBeNull()
    expect(store.trial(study, 2)?.tie).toBeNull()
  })

  it('ranks the trials of one stage', () => {
    const study = begin()
    for (let number = 0; number < 6; number++) {
      store.startTrial(study, spec(number, { stage: number % 2 }), 'a-host')
      store.finishTrial(study, number, outcome(number), false)
    }
    store.flush()
    expect(store.bestTrials(study, 2, 0).map(({ number }) => number)).toEqual([4, 2])
  })

  it('lists trials in order of number, by stage, state, limit and offset', () => {
    const study = begin()
    for (const number of [3, 1, 0, 2, 4]) {
      store.startTrial(study, spec(number, { stage: number < 2 ? 0 : 1 }), 'a-host')
      const state = number === 3 ? 'failed' : 'complete'
      store.finishTrial(study, number, outcome(number, { state }), false)
    }
    store.flush()
    const numbers = (filter: Parameters<StudyWriter['trials']>[1]): number[] =>
      store.trials(study, filter).map(({ number }) => number)
    expect(numbers({})).toEqual([0, 1, 2, 3, 4])
    expect(numbers({ stage: 1 })).toEqual([2, 3, 4])
    expect(numbers({ stage: 1, states: ['complete'] })).toEqual([2, 4])
    expect(numbers({ states: [] })).toEqual([])
    expect(numbers({ limit: 2 })).toEqual([0, 1])
    expect(numbers({ offset: 3 })).toEqual([3, 4])
    expect(numbers({ from: 2, states: ['complete'], limit: 2 })).toEqual([2, 4])
    expect(numbers({ from: 5 })).toEqual([])
    expect(numbers({ states: ['complete', 'failed'], limit: 2, offset: 1 })).toEqual([1, 2])
    expect(store.trial(study, 5)).toBeUndefined()
  })

  it('lists trials in order of any column, as they are sorted in memory', () => {
    const study = begin()
    const figure = fc.constantFrom(
      -1,
      -0,
      0,
      2.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    )
    const param = fc.oneof(figure, fc.boolean(), fc.constantFrom('', 'relu', '10', 'Infinity'))
    let number = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.option(param), fc.option(figure)), { maxLength: 6 }), (some) => {
        for (const [given, metric] of some) {
          const params = given === null ? {} : { 'a "b".c': given }
          store.startTrial(study, spec(number, { params }), 'a-host')
          const metrics: Record<string, number> = metric === null ? {} : { loss: metric }
          const measurements = [{ step: 1, value: metric ?? 1, metrics, seconds: 1 }]
          store.finishTrial(study, number++, outcome(1, { measurements }), false)
        }
      }),
      { numRuns: 20 },
    )
    store.flush()
    const columns: TrialColumn[] = [
      { kind: 'param', name: 'a "b".c' },
      { kind: 'metric', name: 'loss' },
      { kind: 'metric', name: 'none' },
      ...TRIAL_FIELDS.map((name) => ({ kind: 'field', name }) as const),
    ]
    for (const column of columns) {
      for (const falling of [false, true]) {
        const sorted = sortTrials(store.trials(study), trialSorting(column), falling)
        const read = store.trials(study, { sort: { column, falling } })
        const keys = (some: typeof read) => some.map((trial) => [trialSorting(column)(trial), trial.number])
        expect(keys(read)).toEqual(keys(sorted))
        expect(store.trials(study, { sort: { column, falling }, limit: 3, offset: 2 })).toEqual(
          sorted.slice(2, 5),
        )
      }
    }
  })

  it('adds up what the trials of each stage came to', () => {
    const study = begin()
    for (const number of [0, 1, 2]) {
      store.startTrial(study, spec(number, { stage: number === 0 ? 0 : 2 }), 'a-host')
      const state = number === 2 ? 'diverged' : 'complete'
      store.finishTrial(
        study,
        number,
        outcome(1, { state, startedAt: 1000 * number, durationMs: 250 }),
        false,
      )
    }
    store.startTrial(study, spec(3, { stage: 2 }), 'a-host')
    store.flush()
    const none = { waiting: 0, running: 0, complete: 0, pruned: 0, diverged: 0, failed: 0 }
    expect(store.totals(study)).toEqual([
      { stage: 0, counts: { ...none, complete: 1 }, epochs: 3, workMs: 250, ran: [[0, 250]] },
      {
        stage: 2,
        counts: { ...none, complete: 1, diverged: 1, running: 1 },
        epochs: 6,
        workMs: 500,
        ran: [[1000, 2250]],
      },
    ])
    expect(store.countTrials(study, 2)).toEqual({ ...none, complete: 1, diverged: 1, running: 1 })
    expect(store.countTrials(study, 1)).toEqual(none)
  })

  it('leaves out pauses in which no trial ran, whatever the order and overlap of its trials', () => {
    const study = begin()
    const times = [
      [90_000, 10_000], // run again after the pause
      [0, 5000],
      [1000, 1000],
      [4000, 3000],
      [7000 + PAUSE_MS, 1000],
      [101_000, 500],
    ] as const
    for (const [number, [startedAt, durationMs]] of times.entries()) {
      store.startTrial(study, spec(number, { stage: 0 }), 'a-host')
      store.finishTrial(study, number, outcome(1, { startedAt, durationMs }), false)
    }
    store.flush()
    expect(store.totals(study)[0]!.ran).toEqual([
      [0, 8000 + PAUSE_MS],
      [90_000, 101_500],
    ])
    expect(readTotals(store, study).all.ranMs).toBe(8000 + PAUSE_MS + 11_500)
  })

  it('counts trials by state', () => {
    const study = begin()
    expect(store.countTrials(study)).toEqual({
      waiting: 0,
      running: 0,
      complete: 0,
      pruned: 0,
      diverged: 0,
      failed: 0,
    })
    const states = ['complete', 'complete', 'pruned', 'diverged', 'failed', 'stopped'] as const
    for (const [number, state] of states.entries()) finish(study, number, 1, { state })
    store.startTrial(study, spec(6), 'a-host')
    store.flush()
    expect(store.countTrials(study)).toEqual({
      waiting: 1,
      running: 1,
      complete: 2,
      pruned: 1,
      diverged: 1,
      failed: 1,
    })
  })
}
