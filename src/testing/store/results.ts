import assert from 'node:assert/strict'
import { encodeJson } from '../../store/exact-json.ts'
import { matches, throwsWith } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { outcome, spec } from './records.ts'
import type { Stand } from './stand.ts'

/** What every store keeps of trials beside their records: measurements and artifacts. */
export function checkResults(stand: Stand, { test }: TestRunner): void {
  const { store, begin, finish } = stand

  test('streams all measurements in order of number and step, also of trials that have none', () => {
    const study = begin()
    const other = begin()
    finish(other, 0, 0.1)
    for (const number of [2, 0, 1]) finish(study, number, number, number === 1 ? { measurements: [] } : {})
    store.flush()
    assert.deepStrictEqual(
      [...store.allMeasurements(study)],
      [
        { trial: 0, measurements: outcome(0).measurements },
        { trial: 1, measurements: [] },
        { trial: 2, measurements: outcome(2).measurements },
      ],
    )
  })

  test('gives the results of finished trials as exact JSON, in order of number', () => {
    const study = begin()
    const metrics = { z: Number.NaN, a: -0, b: 1e-7 }
    const measurements = [{ step: 1, value: Number.NaN, metrics, seconds: 1 }]
    for (const number of [2, 0]) finish(study, number, number, number === 0 ? { measurements } : {})
    finish(study, 1, 1, { state: 'stopped' })
    finish(study, 3, 1, { state: 'diverged', measurements: [] })
    store.startTrial(study, spec(4), 'a-host')
    store.flush()
    const expected = [0, 2, 3].map((number) => {
      const { stage, state, value, params, seed, budget, continues } = store.trial(study, number)!
      return {
        number,
        stage,
        state,
        value,
        seed,
        continues,
        params: encodeJson(params),
        epochs: budget.epochs,
        measurements: store
          .measurements(study, number)
          .map(({ step, value, metrics }) => ({ step, value, metrics: encodeJson(metrics) })),
      }
    })
    assert.deepStrictEqual([...store.results(study)], expected)
    assert.deepStrictEqual(store.damage(study), [])
  })

  test('can be written to while measurements stream by', () => {
    const study = begin()
    for (let number = 0; number < 3; number++) finish(study, number, number)
    store.flush()
    const seen: number[] = []
    for (const { trial } of store.allMeasurements(study)) {
      seen.push(trial)
      if (trial < 3) finish(study, 10 + trial, 1)
      store.flush()
    }
    assert.deepStrictEqual(seen.slice(0, 3), [0, 1, 2])
  })

  test('keeps the artifacts it is told to', () => {
    const study = begin()
    const bytes = (number: number): Uint8Array => new Uint8Array([number, 0, 255]).subarray(0, 2)
    const keep = (number: number): void => {
      store.startTrial(study, spec(number), 'a-host')
      store.finishTrial(study, number, outcome(number, { artifact: bytes(number) }), true)
    }
    for (const number of [0, 1, 2]) keep(number)
    store.keepArtifacts(study, [0, 2])
    store.flush()
    keep(3)
    store.keepArtifacts(study, [2, 3])
    keep(4)
    store.keepArtifacts(study, [0, 3, 4])
    keep(5)
    finish(study, 6, 1, { artifact: bytes(6) })
    store.flush()
    const kept = [0, 1, 2, 3, 4, 5, 6].filter((number) => store.artifact(study, number) !== undefined)
    assert.deepStrictEqual(kept, [3, 4, 5])
    assert.deepStrictEqual(store.artifact(study, 4), new Uint8Array([4, 0]))
  })

  test('drops an artifact that is no longer wanted before it was committed', () => {
    const study = begin()
    for (const number of [0, 1]) {
      store.startTrial(study, spec(number), 'a-host')
      const artifact = new Uint8Array([number])
      store.finishTrial(study, number, outcome(number, { artifact }), true)
    }
    store.keepArtifacts(study, [1])
    store.flush()
    assert.strictEqual(store.artifact(study, 0), undefined)
    assert.deepStrictEqual(store.artifact(study, 1), new Uint8Array([1]))
  })

  test('keeps an artifact whose memory is shared between threads', () => {
    const study = begin()
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    shared.set([7, 8, 9])
    store.startTrial(study, spec(0), 'a-host')
    store.finishTrial(study, 0, outcome(1, { artifact: shared }), true)
    store.flush()
    assert.deepStrictEqual([...store.artifact(study, 0)!], [7, 8, 9])
  })

  test('shows what a running trial has measured, until it ends or starts again', () => {
    const study = begin()
    const [first, second, third] = outcome(0.5).measurements
    store.startTrial(study, spec(0), 'a-host')
    store.addMeasurements(study, 0, [first!])
    assert.deepStrictEqual(store.measurements(study, 0), [])
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 0), [first])
    store.addMeasurements(study, 0, [second!])
    store.addMeasurements(study, 0, [third!])
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 0), [first, second, third])
    matches(store.trial(study, 0), { state: 'running', value: null, epochs: 0, metrics: {} })
    assert.deepStrictEqual([...store.results(study)], [])
    assert.deepStrictEqual(store.bestTrials(study, 1), [])
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 0), [])
    store.addMeasurements(study, 0, [first!])
    store.flush()
    store.addMeasurements(study, 0, [second!])
    const ended = outcome(0.25)
    store.finishTrial(study, 0, ended, false)
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 0), ended.measurements)
    assert.deepStrictEqual(store.damage(study), [])
    throwsWith(() => store.addMeasurements(study, 0, [first!]), 'Trial 0 was not started')
  })

  for (const when of ['before', 'after']) {
    test(`forgets what a stopped attempt has shown, ${when} it is committed`, () => {
      const study = begin()
      store.startTrial(study, spec(0), 'a-host')
      store.flush()
      store.addMeasurements(study, 0, outcome(0.5).measurements)
      if (when === 'after') store.flush()
      store.finishTrial(study, 0, outcome(0.5, { state: 'stopped' }), false)
      store.flush()
      assert.deepStrictEqual(store.measurements(study, 0), [])
    })
  }

  test('forgets what a vanished writer has shown when another starts the trial', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    store.addMeasurements(study, 0, outcome(0.5).measurements)
    store.releaseLease(study)
    assert.strictEqual(store.measurements(study, 0).length, 3)
    store.acquireLease(study)
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    assert.deepStrictEqual(store.measurements(study, 0), [])
  })
}
