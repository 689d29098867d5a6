import assert from 'node:assert/strict'
import { matches, throwsWith } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { outcome, spec } from './records.ts'
import type { Stand } from './stand.ts'

/** What every store does with trials, from their start to their end. */
export function checkTrials(stand: Stand, { test }: TestRunner): void {
  const { store, begin, finish, cases } = stand

  test('lets a writer finish a trial that another has started', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    store.releaseLease(study)
    store.acquireLease(study)
    throwsWith(() => store.finishTrial(study, 0, outcome(1), false), 'was not started by this writer')
    store.adoptTrial(study, 0)
    store.finishTrial(study, 0, outcome(0.25), false)
    store.flush()
    matches(store.trial(study, 0), { state: 'complete', value: 0.25, attempts: 1 })
    throwsWith(() => store.adoptTrial(study, 0), "Trial 0 is complete: it can't be taken over.")
    throwsWith(() => store.adoptTrial(study, 1), "Trial 1 is not there: it can't be taken over.")
  })

  test('keeps what is grouped when its writer takes the lease that it has', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.acquireLease(study)
    store.finishTrial(study, 0, outcome(0.25), false)
    store.flush()
    matches(store.trial(study, 0), { state: 'complete', value: 0.25, attempts: 1 })
  })

  test('shows grouped writes only after the flush', () => {
    const study = begin()
    finish(study, 0, 0.5)
    assert.deepStrictEqual(store.trials(study), [])
    store.flush()
    assert.deepStrictEqual(
      store.trials(study).map(({ state }) => state),
      ['complete'],
    )
    store.startTrial(study, spec(1), 'a-host')
    store.flush()
    assert.strictEqual(store.trial(study, 1)?.state, 'running')
    store.finishTrial(study, 1, outcome(0.4), false)
    assert.strictEqual(store.trial(study, 1)?.state, 'running')
    assert.deepStrictEqual(store.measurements(study, 1), [])
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 1), outcome(0.4).measurements)
  })

  test('records a running trial with its host, its attempt and when it began', () => {
    const study = begin()
    stand.clock = 5000
    store.startTrial(study, spec(0), 'a-host', 3)
    store.flush()
    assert.deepStrictEqual(store.trial(study, 0), {
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

  test('gives every finished trial back to the last bit, whatever floats it measured', () => {
    const study = begin()
    const draw = cases('trials')
    const trials = 300
    for (let number = 0; number < trials; number++) {
      const given = { ...draw.spec(), number }
      const ended = draw.outcome()
      store.startTrial(study, given, 'a-host')
      if (draw.flag()) store.flush()
      store.finishTrial(study, number, ended, true)
      store.flush()
      const { stage, params, seed, budget, continues, ...record } = store.trial(study, number)!
      assert.deepStrictEqual({ stage, params, seed, budget, continues, number }, given)
      assert.strictEqual(record.attempts, 1)
      const artifact = store.artifact(study, number)
      if (ended.state === 'stopped') {
        matches(record, { state: 'waiting', value: null, epochs: 0, host: null })
        assert.deepStrictEqual([record.metrics, store.measurements(study, number)], [{}, []])
        assert.strictEqual(artifact, undefined)
        continue
      }
      const last = ended.measurements.at(-1)
      const ranked = ended.state === 'complete' || ended.state === 'pruned'
      assert.deepStrictEqual(store.measurements(study, number), ended.measurements)
      assert.deepStrictEqual(
        artifact && [...artifact],
        ended.artifact === null ? undefined : [...ended.artifact],
      )
      assert.strictEqual(record.value, ranked && last && !Number.isNaN(last.value) ? last.value : null)
      assert.deepStrictEqual([record.state, record.error], [ended.state, ended.error])
      assert.deepStrictEqual([record.epochs, record.metrics], [last?.step ?? 0, last?.metrics ?? {}])
      const { host, slot, arithmetic, startedAt, durationMs } = ended
      matches(record, { host: host ?? 'a-host', slot, arithmetic, startedAt, durationMs })
    }
    assert.deepStrictEqual(
      store.trials(study).map((trial) => trial.number),
      [...Array(trials).keys()],
    )
  })

  test('replaces what an earlier attempt has left', () => {
    const study = begin()
    const error = { message: 'threw', code: 'threw', stack: null }
    finish(study, 0, 0.5, { state: 'failed', error, artifact: new Uint8Array([1]) })
    store.flush()
    matches(store.trial(study, 0), { state: 'failed', value: null, error, attempts: 1 })
    store.startTrial(study, spec(0), 'b-host')
    store.flush()
    matches(store.trial(study, 0), {
      state: 'running',
      error: null,
      attempts: 2,
      host: 'b-host',
    })
    assert.deepStrictEqual(store.measurements(study, 0), [])
    store.startTrial(study, spec(0), 'b-host')
    const [first] = outcome(0.25).measurements
    store.finishTrial(study, 0, outcome(0.25, { measurements: [first!] }), false)
    store.flush()
    matches(store.trial(study, 0), { state: 'complete', epochs: 1, attempts: 3 })
    assert.deepStrictEqual(store.measurements(study, 0), [first])
  })

  test('never runs over a result, and finishes only what was started', () => {
    const study = begin()
    finish(study, 0, 0.5)
    throwsWith(() => store.startTrial(study, spec(0), 'a-host'), 'Trial 0 is complete')
    throwsWith(() => store.finishTrial(study, 0, outcome(0.1), false), 'Trial 0 was not started')
    store.flush()
    throwsWith(() => store.startTrial(study, spec(0), 'a-host'), 'Trial 0 is complete')
    assert.strictEqual(store.trial(study, 0)?.value, 0.5)
  })

  test('refuses measurements whose steps do not increase', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    const twice = outcome(0.5).measurements.map((measurement) => ({ ...measurement, step: 1 }))
    throwsWith(() => store.finishTrial(study, 0, outcome(0.5, { measurements: twice }), false), 'increasing')
    store.finishTrial(study, 0, outcome(0.5), false)
    store.flush()
    assert.strictEqual(store.trial(study, 0)?.state, 'complete')
  })

  test('has no value for a trial whose last value is not a number, and does not rank it', () => {
    const study = begin()
    const measurements = [{ step: 1, value: Number.NaN, metrics: {}, seconds: 1 }]
    for (const state of ['complete', 'pruned'] as const) {
      const number = state === 'complete' ? 0 : 1
      finish(study, number, 1, { state, measurements })
      store.flush()
      assert.strictEqual(store.trial(study, number)?.value, null)
    }
    assert.deepStrictEqual(store.bestTrials(study, 5), [])
  })

  test('takes finished trials from elsewhere, which rank and digest as others do', () => {
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
    assert.deepStrictEqual(store.trial(study, 1), record)
    assert.strictEqual(store.trial(study, 0)?.origin, null)
    assert.deepStrictEqual(store.measurements(study, 1), measurements)
    assert.deepStrictEqual(store.bestTrials(study, 1), [record])
    assert.deepStrictEqual(
      [...store.results(study)].map(({ number }) => number),
      [0, 1],
    )
    assert.deepStrictEqual(store.damage(study), [])
    assert.strictEqual(store.studies().find(({ id }) => id === study)?.origin, 'optuna: study.log')
    const wrong = (changes: object): (() => void) => {
      const changed = { ...record, number: 2, ...changes }
      return () => store.importTrials(study, [{ record: changed, measurements }])
    }
    throwsWith(wrong({ number: 1 }), 'There is a trial 1 already')
    throwsWith(wrong({ state: 'running' }), 'is running')
    throwsWith(wrong({ origin: null }), 'no origin')
    assert.strictEqual(store.trials(study).length, 2)
    throwsWith(() => store.startTrial(study, spec(1), 'a-host'), 'Trial 1 is complete')
  })

  test('takes imported trials with their stages and the new experiment, or none of it', () => {
    const study = begin()
    finish(study, 0, 0.5)
    store.flush()
    const [first] = store.stages(study)
    const stage = { ...first!, index: first!.index + 1, name: 'imported', sampler: 'imported', firstTrial: 1 }
    const record = { ...store.trial(study, 0)!, number: 1, stage: stage.index, origin: 'trials.csv, line 2' }
    const further = { record, measurements: outcome(0.5).measurements }
    const plan = { experiment: { other: true }, stages: [stage] }
    const again = { ...further, record: { ...record, number: 0 } }
    throwsWith(() => store.importTrials(study, [further, again], plan), 'There is a trial 0 already')
    assert.deepStrictEqual(store.stages(study), [first])
    store.importTrials(study, [further], plan)
    assert.deepStrictEqual(store.stages(study), [first, stage])
    assert.deepStrictEqual(store.trials(study, { stage: stage.index }), [record])
    assert.deepStrictEqual(store.studies().find(({ id }) => id === study)?.experiment, { other: true })
  })
}
