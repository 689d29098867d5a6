import { expect, it } from 'vitest'
import { encodeJson } from '../../../src/store/exact-json.ts'
import { outcome, spec } from '../records.ts'

import type { Stand } from './stand.ts'

/** What every store keeps of trials beside their records: measurements and artifacts. */
export function resultsConformance(stand: Stand): void {
  const { store, begin, finish } = stand

  it('streams all measurements in order of number and step, also of trials that have none', () => {
    const study = begin()
    const other = begin()
    finish(other, 0, 0.1)
    for (const number of [2, 0, 1]) finish(study, number, number, number === 1 ? { measurements: [] } : {})
    store.flush()
    expect([...store.allMeasurements(study)]).toEqual([
      { trial: 0, measurements: outcome(0).measurements },
      { trial: 1, measurements: [] },
      { trial: 2, measurements: outcome(2).measurements },
    ])
  })

  it('gives the results of finished trials as exact JSON, in order of number', () => {
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
    expect([...store.results(study)]).toEqual(expected)
    expect(store.damage(study)).toEqual([])
  })

  it('can be written to while measurements stream by', () => {
    const study = begin()
    for (let number = 0; number < 3; number++) finish(study, number, number)
    store.flush()
    const seen: number[] = []
    for (const { trial } of store.allMeasurements(study)) {
      seen.push(trial)
      if (trial < 3) finish(study, 10 + trial, 1)
      store.flush()
    }
    expect(seen.slice(0, 3)).toEqual([0, 1, 2])
  })

  it('keeps the artifacts it is told to', () => {
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
    expect(kept).toEqual([3, 4, 5])
    expect(store.artifact(study, 4)).toEqual(new Uint8Array([4, 0]))
  })

  it('drops an artifact that is no longer wanted before it was committed', () => {
    const study = begin()
    for (const number of [0, 1]) {
      store.startTrial(study, spec(number), 'a-host')
      const artifact = new Uint8Array([number])
      store.finishTrial(study, number, outcome(number, { artifact }), true)
    }
    store.keepArtifacts(study, [1])
    store.flush()
    expect(store.artifact(study, 0)).toBeUndefined()
    expect(store.artifact(study, 1)).toEqual(new Uint8Array([1]))
  })

  it('keeps an artifact whose memory is shared between threads', () => {
    const study = begin()
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    shared.set([7, 8, 9])
    store.startTrial(study, spec(0), 'a-host')
    store.finishTrial(study, 0, outcome(1, { artifact: shared }), true)
    store.flush()
    expect([...store.artifact(study, 0)!]).toEqual([7, 8, 9])
  })

  it('shows what a running trial has measured, until it ends or starts again', () => {
    const study = begin()
    const [first, second, third] = outcome(0.5).measurements
    store.startTrial(study, spec(0), 'a-host')
    store.addMeasurements(study, 0, [first!])
    expect(store.measurements(study, 0)).toEqual([])
    store.flush()
    expect(store.measurements(study, 0)).toEqual([first])
    store.addMeasurements(study, 0, [second!])
    store.addMeasurements(study, 0, [third!])
    store.flush()
    expect(store.measurements(study, 0)).toEqual([first, second, third])
    expect(store.trial(study, 0)).toMatchObject({ state: 'running', value: null, epochs: 0, metrics: {} })
    expect([...store.results(study)]).toEqual([])
    expect(store.bestTrials(study, 1)).toEqual([])
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    expect(store.measurements(study, 0)).toEqual([])
    store.addMeasurements(study, 0, [first!])
    store.flush()
    store.addMeasurements(study, 0, [second!])
    const ended = outcome(0.25)
    store.finishTrial(study, 0, ended, false)
    store.flush()
    expect(store.measurements(study, 0)).toEqual(ended.measurements)
    expect(store.damage(study)).toEqual([])
    expect(() => store.addMeasurements(study, 0, [first!])).toThrow('Trial 0 was not started')
  })

  it.each(['before', 'after'])('forgets what a stopped attempt has shown, %s it is committed', (when) => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    store.addMeasurements(study, 0, outcome(0.5).measurements)
    if (when === 'after') store.flush()
    store.finishTrial(study, 0, outcome(0.5, { state: 'stopped' }), false)
    store.flush()
    expect(store.measurements(study, 0)).toEqual([])
  })

  it('forgets what a writer has shown that is gone, when another starts the trial', () => {
    const study = begin()
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    store.addMeasurements(study, 0, outcome(0.5).measurements)
    store.releaseLease(study)
    expect(store.measurements(study, 0)).toHaveLength(3)
    store.acquireLease(study)
    store.startTrial(study, spec(0), 'a-host')
    store.flush()
    expect(store.measurements(study, 0)).toEqual([])
  })
}
