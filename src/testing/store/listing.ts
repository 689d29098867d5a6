import assert from 'node:assert/strict'
import { readRunningTimes } from '../../report/totals.ts'
import { PAUSE_MS } from '../../store/running-time.ts'
import type { StudyWriter } from '../../store/store.ts'
import { matches } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { outcome, spec } from './records.ts'
import type { Stand } from './stand.ts'

/** How every store lists, counts and adds up trials. */
export function checkListing(stand: Stand, { test }: TestRunner): void {
  const { store, begin, finish } = stand

  test('takes the tie and the metrics from the epoch of the value', () => {
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
    matches(store.trial(study, 0), {
      epochs: 3,
      tie: -0.75,
      metrics: measurements[1]!.metrics,
    })
    assert.strictEqual(store.trial(study, 1)?.tie, null)
    assert.strictEqual(store.trial(study, 2)?.tie, null)
  })

  test('ranks the trials of one stage', () => {
    const study = begin()
    for (let number = 0; number < 6; number++) {
      store.startTrial(study, spec(number, { stage: number % 2 }), 'a-host')
      store.finishTrial(study, number, outcome(number), false)
    }
    store.flush()
    assert.deepStrictEqual(
      store.bestTrials(study, 2, 0).map(({ number }) => number),
      [4, 2],
    )
  })

  test('lists trials in order of number, by stage, state, limit and offset', () => {
    const study = begin()
    for (const number of [3, 1, 0, 2, 4]) {
      store.startTrial(study, spec(number, { stage: number < 2 ? 0 : 1 }), 'a-host')
      const state = number === 3 ? 'failed' : 'complete'
      store.finishTrial(study, number, outcome(number, { state }), false)
    }
    store.flush()
    const numbers = (filter: Parameters<StudyWriter['trials']>[1]): number[] =>
      store.trials(study, filter).map(({ number }) => number)
    assert.deepStrictEqual(numbers({}), [0, 1, 2, 3, 4])
    assert.deepStrictEqual(numbers({ stage: 1 }), [2, 3, 4])
    assert.deepStrictEqual(numbers({ stage: 1, states: ['complete'] }), [2, 4])
    assert.deepStrictEqual(numbers({ states: [] }), [])
    assert.deepStrictEqual(numbers({ limit: 2 }), [0, 1])
    assert.deepStrictEqual(numbers({ offset: 3 }), [3, 4])
    assert.deepStrictEqual(numbers({ from: 2, states: ['complete'], limit: 2 }), [2, 4])
    assert.deepStrictEqual(numbers({ from: 5 }), [])
    assert.deepStrictEqual(numbers({ states: ['complete', 'failed'], limit: 2, offset: 1 }), [1, 2])
    assert.strictEqual(store.trial(study, 5), undefined)
  })

  test('adds up what the trials of each stage came to', () => {
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
    assert.deepStrictEqual(store.totals(study), [
      { stage: 0, counts: { ...none, complete: 1 }, epochs: 3, workMs: 250 },
      {
        stage: 2,
        counts: { ...none, complete: 1, diverged: 1, running: 1 },
        epochs: 6,
        workMs: 500,
      },
    ])
    assert.deepStrictEqual(
      store.runningTimes(study),
      new Map([
        [0, [[0, 250]]],
        [2, [[1000, 2250]]],
      ]),
    )
    assert.deepStrictEqual(store.countTrials(study, 2), { ...none, complete: 1, diverged: 1, running: 1 })
    assert.deepStrictEqual(store.countTrials(study, 1), none)
  })

  test('leaves out pauses in which no trial ran, whatever the order and overlap of its trials', () => {
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
    assert.deepStrictEqual(store.runningTimes(study).get(0), [
      [0, 8000 + PAUSE_MS],
      [90_000, 101_500],
    ])
    const all = 8000 + PAUSE_MS + 11_500
    assert.deepStrictEqual(readRunningTimes(store, study), { all, stages: new Map([[0, all]]) })
  })

  test('counts trials by state', () => {
    const study = begin()
    assert.deepStrictEqual(store.countTrials(study), {
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
    assert.deepStrictEqual(store.countTrials(study), {
      waiting: 1,
      running: 1,
      complete: 2,
      pruned: 1,
      diverged: 1,
      failed: 1,
    })
  })
}
