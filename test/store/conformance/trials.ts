import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyOutcome, anySpec } from '../arbitraries.ts'
import { outcome, spec } from '../records.ts'

import type { Stand } from './stand.ts'

/** What every store does with trials, from their start to their end. */
export function trialsConformance(stand: Stand): void {
  const { store, begin, finish } = stand

  it('lets a writer finish a trial that another has started', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    store.releaseLease(study)
    store.acquireLease(study)
    expect(() => store.finishTrial(study, 0, outcome(1), false)).toThrow('was not started by this writer')
    store.adoptTrial(study, 0)
    store.finishTrial(study, 0, outcome(0.25), false)
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({ state: 'complete', value: 0.25, attempts: 1 })
    expect(() => store.adoptTrial(study, 0)).toThrow("Trial 0 is complete: it can't be taken over.")
    expect(() => store.adoptTrial(study, 1)).toThrow("Trial 1 is not there: it can't be taken over.")
  })

  it('keeps what is grouped when its writer takes the lease that it has', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.acquireLease(study)
    store.finishTrial(study, 0, outcome(0.25), false)
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({ state: 'complete', value: 0.25, attempts: 1 })
  })

  it('shows grouped writes only after the flush', () => {
    const study = begin()
    finish(study, 0, 0.5)
    expect(store.trials(study)).toEqual([])
    store.flush()
    expect(store.trials(study).map(({ state }) => state)).toEqual(['complete'])
    store.startTrial(study, spec(1), 'a-host')
    store.flush()
    expect(store.trial(study, 1)?.state).toBe('running')
    store.finishTrial(study, 1, outcome(0.4), false)
    expect(store.trial(study, 1)?.state).toBe('running')
    expect(store.measurements(study, 1)).toEqual([])
    store.flush()
    expect(store.measurements(study, 1)).toEqual(outcome(0.4).measurements)
  })

  it('records a running trial with its host, its attempt and when it began', () => {
    const study = begin()
    stand.clock = 5000
    store.startTrial(study, spec(0), 'a-host', 3)
    store.flush()
    expect(store.trial(study, 0)).toEqual({
      ...spec(0),
      state: 'running',
      value: null,
      tie: null,
      epochs: 0,
      metrics: {},
      error: null,
      attempts: 1,
      arithmetic: null,
      host: 'a-host',
      slot: 3,
      origin: null,
      startedAt: 5000,
      durationMs: null,
    })
  })

  it('gives every finished trial back to the last bit, whatever floats it measured', () => {
    const study = begin()
    let number = 0
    fc.assert(
      fc.property(anySpec, anyOutcome, fc.boolean(), (anyTrial, ended, flushBetween) => {
        const given = { ...anyTrial, number: number++ }
        store.startTrial(study, given, 'a-host')
        if (flushBetween) store.flush()
        store.finishTrial(study, given.number, ended, true)
        store.flush()
        const record = store.trial(study, given.number)!
        const { number: n, stage: s, params, seed, budget, continues } = record
        expect({ number: n, stage: s, params, seed, budget, continues }).toEqual(given)
        expect(record.attempts).toBe(1)
        if (ended.state === 'stopped') {
          expect(record).toMatchObject({
            state: 'waiting',
            value: null,
            epochs: 0,
            metrics: {},
            host: null,
          })
          expect(store.measurements(study, given.number)).toEqual([])
          expect(store.artifact(study, given.number)).toBeUndefined()
          return
        }
        const last = ended.measurements.at(-1)
        const ranked = ended.state === 'complete' || ended.state === 'pruned'
        expect(store.measurements(study, given.number)).toEqual(ended.measurements)
        expect(store.artifact(study, given.number)).toEqual(ended.artifact ?? undefined)
        expect(record).toMatchObject({
          state: ended.state,
          host: ended.host ?? 'a-host',
          slot: ended.slot,
          arithmetic: ended.arithmetic,
        })
        expect(record.value).toEqual(ranked && last && !Number.isNaN(last.value) ? last.value : null)
        expect(record.epochs).toBe(last?.step ?? 0)
        expect(record.metrics).toEqual(last?.metrics ?? {})
        expect(record.error).toEqual(ended.error)
        expect([record.startedAt, record.durationMs]).toEqual([ended.startedAt, ended.durationMs])
      }),
    )
    expect(store.trials(study).map((trial) => trial.number)).toEqual([...Array(number).keys()])
  })

  it('replaces what an attempt before has left', () => {
    const study = begin()
    const error = { message: 'threw', code: 'threw', stack: null }
    finish(study, 0, 0.5, { state: 'failed', error, artifact: new Uint8Array([1]) })
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({ state: 'failed', value: null, error, attempts: 1 })
    store.startTrial(study, spec(0), 'b-host')
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({
      state: 'running',
      error: null,
      attempts: 2,
      host: 'b-host',
    })
    expect(store.measurements(study, 0)).toEqual([])
    store.startTrial(study, spec(0), 'b-host')
    const [first] = outcome(0.25).measurements
    store.finishTrial(study, 0, outcome(0.25, { measurements: [first!] }), false)
    store.flush()
    expect(store.trial(study, 0)).toMatchObject({ state: 'complete', epochs: 1, attempts: 3 })
    expect(store.measurements(study, 0)).toEqual([first])
  })

  it('never runs over a result, and finishes only what was started', () => {
    const study = begin()
    finish(study, 0, 0.5)
    expect(() => store.startTrial(study, spec(0), 'a-host')).toThrow('Trial 0 is complete')
    expect(() => store.finishTrial(study, 0, outcome(0.1), false)).toThrow('Trial 0 was not started')
    store.flush()
    expect(() => store.startTrial(study, spec(0), 'a-host')).toThrow('Trial 0 is complete')
    expect(store.trial(study, 0)?.value).toBe(0.5)
  })

  it('refuses measurements whose steps do not increase', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    const twice = outcome(0.5).measurements.map((measurement) => ({ ...measurement, step: 1 }))
    expect(() => store.finishTrial(study, 0, outcome(0.5, { measurements: twice }), false)).toThrow(
      'increasing',
    )
    store.finishTrial(study, 0, outcome(0.5), false)
    store.flush()
    expect(store.trial(study, 0)?.state).toBe('complete')
  })

  it('has no value for a trial whose last value is not a number, and does not rank it', () => {
    const study = begin()
    const measurements = [{ step: 1, value: Number.NaN, metrics: {}, seconds: 1 }]
    for (const state of ['complete', 'pruned'] as const) {
      const number = state === 'complete' ? 0 : 1
      finish(study, number, 1, { state, measurements })
      store.flush()
      expect(store.trial(study, number)?.value).toBeNull()
    }
    expect(store.bestTrials(study, 5)).toEqual([])
  })

  it('takes finished trials from elsewhere, which rank and digest as others do', () => {
    const study = begin({ origin: 'optuna: study.log' })
    finish(study, 0, 0.5)
    store.flush()
    const record = {
      ...store.trial(study, 0)!,
      number: 1,
      value: 0.75,
      origin: 'optuna: study.log, trial 12',
    }
    const { measurements } = outcome(0.75)
    const imported = [{ record, measurements }]
    store.importTrials(study, imported)
    expect(store.trial(study, 1)).toEqual(record)
    expect(store.trial(study, 0)?.origin).toBeNull()
    expect(store.measurements(study, 1)).toEqual(measurements)
    expect(store.bestTrials(study, 1)).toEqual([record])
    expect([...store.results(study)].map(({ number }) => number)).toEqual([0, 1])
    expect(store.damage(study)).toEqual([])
    expect(store.studies().find(({ id }) => id === study)?.origin).toBe('optuna: study.log')
    const wrong = (changes: object): (() => void) => {
      const changed = { ...record, number: 2, ...changes }
      return () => store.importTrials(study, [{ record: changed, measurements }])
    }
    expect(wrong({ number: 1 })).toThrow('There is a trial 1 already')
    expect(wrong({ state: 'running' })).toThrow('is running')
    expect(wrong({ origin: null })).toThrow('no origin')
    expect(store.trials(study)).toHaveLength(2)
    expect(() => store.startTrial(study, spec(1), 'a-host')).toThrow('Trial 1 is complete')
  })

  it('takes imported trials with their stages and the new experiment, or none of it', () => {
    const study = begin()
    finish(study, 0, 0.5)
    store.flush()
    const [first] = store.stages(study)
    const stage = { ...first!, index: first!.index + 1, name: 'imported', sampler: 'imported', firstTrial: 1 }
    const record = { ...store.trial(study, 0)!, number: 1, stage: stage.index, origin: 'trials.csv, line 2' }
    const further = { record, measurements: outcome(0.5).measurements }
    const plan = { experiment: { other: true }, stages: [stage] }
    const again = { ...further, record: { ...record, number: 0 } }
    expect(() => store.importTrials(study, [further, again], plan)).toThrow('There is a trial 0 already')
    expect(store.stages(study)).toEqual([first])
    store.importTrials(study, [further], plan)
    expect(store.stages(study)).toEqual([first, stage])
    expect(store.trials(study, { stage: stage.index })).toEqual([record])
    expect(store.studies().find(({ id }) => id === study)?.experiment).toEqual({ other: true })
  })
}
