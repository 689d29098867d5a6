import assert from 'node:assert/strict'
import type { RungVerdict } from '../../execute/executor.ts'
import type { TimedMeasurement } from '../../trial.ts'
import type { TestRunner } from '../runner.ts'
import { BEHAVIOURS, type ExecutorStand, trial, unheard } from './stand.ts'

const VERDICTS = [
  ['prune', 'pruned'],
  ['stop', 'stopped'],
] as const

/** How trials wait for their verdict at a rung, on every executor. */
export function checkRungs({ shared, create }: ExecutorStand, { test }: TestRunner): void {
  test('a trial waits at each rung for its verdict, and goes on to its end', async () => {
    const events: string[] = []
    let waitedMs = 0
    const onRung = async ({ step }: TimedMeasurement): Promise<RungVerdict> => {
      events.push(`rung ${step}`)
      const arrived = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 50))
      waitedMs += performance.now() - arrived
      events.push('verdict')
      return 'go-on'
    }
    const begun = performance.now()
    const { state, measurements, durationMs } = await shared.run(
      { ...trial('asynchronous'), rungs: [2, 4] },
      ({ step }) => events.push(`${step}`),
      onRung,
    )
    assert.deepStrictEqual([state, measurements.length], ['complete', 5])
    assert.deepStrictEqual(events, ['1', '2', 'rung 2', 'verdict', '3', '4', 'rung 4', 'verdict', '5'])
    // The wait is no part of the trial's time; clocks are a millisecond apart at most.
    assert.ok(durationMs < performance.now() - begun - waitedMs + 1)
  })

  for (const [verdict, state] of VERDICTS) {
    test(`a verdict to ${verdict} ends a trial at its rung as ${state}`, async () => {
      const task = { ...trial('well'), rungs: [2] }
      const outcome = await shared.run(task, unheard, async () => verdict)
      assert.deepStrictEqual([outcome.state, outcome.error, outcome.artifact], [state, null, null])
      assert.deepStrictEqual(
        outcome.measurements.map(({ step }) => step),
        [1, 2],
      )
    })
  }

  test('a rung at the last epoch has no effect, and a skipped one is reached with the next measurement', async () => {
    const steps: number[] = []
    const onRung = async ({ step }: TimedMeasurement): Promise<RungVerdict> => {
      steps.push(step)
      return 'go-on'
    }
    await shared.run({ ...trial('well'), rungs: [1, 5] }, unheard, onRung)
    await shared.run({ ...trial('everyOther'), rungs: [2] }, unheard, onRung)
    assert.deepStrictEqual(steps, [1, 3])
  })

  test('a trial that waits at a rung can be stopped', async () => {
    const outcome = await shared.run({ ...trial('well', { number: 4 }), rungs: [2] }, unheard, () => {
      shared.stop(4)
      return new Promise(() => {})
    })
    assert.strictEqual(outcome.state, 'stopped')
    const each = create(BEHAVIOURS, 1)
    const closed = await each.run({ ...trial('well'), rungs: [2] }, unheard, () => {
      void each.close()
      return new Promise(() => {})
    })
    assert.strictEqual(closed.state, 'stopped')
  })
}
