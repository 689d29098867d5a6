import assert from 'node:assert/strict'
import type { TimedMeasurement } from '../../trial.ts'
import { matches } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { type ExecutorStand, trial, unheard } from './stand.ts'

/** What every executor gives back of trials that go well. */
export function checkResults({ shared, outcomeOf }: ExecutorStand, { test }: TestRunner): void {
  test('a trial that goes well is complete, with every measurement and how it was computed', async () => {
    const outcome = await outcomeOf('well')
    matches(outcome, { state: 'complete', error: null, artifact: null, arithmetic: 'plain' })
    assert.deepStrictEqual(
      outcome.measurements.map(({ seconds, ...rest }) => rest),
      [1, 2, 3, 4, 5].map((step) => ({
        step,
        value: (1000 * step) / 7,
        metrics: { number: 0, nothing: Number.NaN, far: -Infinity },
      })),
    )
    assert.ok(outcome.durationMs >= outcome.measurements.at(-1)!.seconds * 1000)
    assert.ok(Math.abs(Date.now() - outcome.startedAt) < 60_000)
  })

  test('measurements are announced once each, in order, before the outcome', async () => {
    for (const does of ['well', 'asynchronous', 'sameObject', 'throws']) {
      const announced: TimedMeasurement[] = []
      let ended = false
      const outcome = await shared.run(trial(does), (measurement) => {
        assert.strictEqual(ended, false)
        announced.push(measurement)
      })
      ended = true
      assert.deepStrictEqual(announced, outcome.measurements)
    }
  })

  test('an objective may be asynchronous', async () => {
    const { state, measurements } = await outcomeOf('asynchronous')
    assert.deepStrictEqual([state, measurements.length], ['complete', 5])
  })

  test('a measurement is kept as it was when it was yielded', async () => {
    const { measurements } = await outcomeOf('sameObject')
    assert.deepStrictEqual(
      measurements.map(({ step, metrics }) => [step, metrics.twice]),
      [1, 2, 3, 4, 5].map((step) => [step, 2 * step]),
    )
  })

  test('a function that gives a value has measured once, after all epochs', async () => {
    const { state, measurements } = await outcomeOf('function')
    assert.deepStrictEqual(
      [state, measurements.map(({ seconds, ...rest }) => rest)],
      ['complete', [{ step: 5, value: 0.5, metrics: { loss: 2 } }]],
    )
  })

  test('an artifact comes back whole, and goes into the trial that continues it', async () => {
    const { artifact } = await shared.run(trial('artifact'), unheard)
    assert.deepStrictEqual(artifact, Uint8Array.of(1, 2, 3))
    const next = await shared.run(trial('artifact', { number: 1, continued: Uint8Array.of(7) }), unheard)
    assert.strictEqual(next.measurements[0]?.value, 7)
    assert.deepStrictEqual(
      (await shared.run(trial('partOfABuffer'), unheard)).artifact,
      Uint8Array.of(5, 5, 5),
    )
    assert.strictEqual((await shared.run(trial('wasmMemory'), unheard)).artifact?.length, 65536)
  })

  test('a thousand trials in its slots give each its own results', async () => {
    const numbers = Array.from({ length: 1000 }, (_, number) => number)
    const outcomes = await Promise.all(
      numbers.map((number) => shared.run(trial('well', { number }), unheard)),
    )
    assert.deepStrictEqual(
      outcomes.map(({ measurements }) => measurements[4]?.value),
      numbers.map((number) => ((1000 + number) * 5) / 7),
    )
  })

  test('as many trials run at once as there are slots, and the next begins when one has ended', async () => {
    const begun = [1, 2, 3].map(() => Promise.withResolvers<void>())
    const order: string[] = []
    const ended = begun.map(async ({ resolve }, index) => {
      await shared.run(trial('waits', { number: index }), ({ step }) => {
        if (step === 1) order.push(`${index} begins`)
        resolve()
      })
      order.push(`${index} ends`)
    })
    await Promise.all([begun[0]!.promise, begun[1]!.promise])
    shared.stop(0)
    await begun[2]!.promise
    for (const number of [1, 2]) shared.stop(number)
    await Promise.all(ended)
    assert.ok(order.indexOf('0 ends') < order.indexOf('2 begins'))
  })
}
