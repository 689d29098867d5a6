import assert from 'node:assert/strict'
import type { TestRunner } from '../runner.ts'
import { BEHAVIOURS, type ExecutorStand, trial, unheard } from './stand.ts'

/** How every executor ends trials: at a time limit, by a stop, by its close. */
export function checkStops({ shared, create }: ExecutorStand, { test }: TestRunner): void {
  test('an objective that waits for ever ends at its time limit', async () => {
    const { state, error, measurements } = await shared.run(trial('waiting', { timeoutMs: 1000 }), unheard)
    assert.deepStrictEqual(
      [state, error?.code, error?.message],
      ['failed', 'timeout', 'The trial ran longer than its limit of 1 s'],
    )
    assert.strictEqual(measurements.length, 1)
    assert.strictEqual((await shared.run(trial('well'), unheard)).state, 'complete')
  })

  test('an objective that never stops measuring ends at its time limit, or at the limit of measurements', async () => {
    const { state, error } = await shared.run(trial('forever', { timeoutMs: 100 }), unheard)
    assert.strictEqual(state, 'failed')
    assert.ok(['timeout', 'bad-measurement'].includes(error?.code ?? 'none'))
  })

  for (const does of ['waits', 'untilAsked', 'returnsWhenAsked', 'untilSignal']) {
    test(`a stop ends a trial as stopped, never as complete: ${does}`, async () => {
      const outcome = await shared.run(trial(does, { number: 4 }), ({ step }) => {
        shared.stop(99)
        if (step === 1) shared.stop(4)
      })
      assert.deepStrictEqual([outcome.state, outcome.error, outcome.artifact], ['stopped', null, null])
      assert.strictEqual((await shared.run(trial('well'), unheard)).state, 'complete')
    })
  }

  test('an objective that returns because of a stop has not completed', async () => {
    const outcome = await shared.run(trial('returnsAfterWaiting', { number: 4 }), () => {
      // Not at once: between two measurements the executor would see the stop before the objective does.
      setImmediate(() => setImmediate(() => shared.stop(4)))
    })
    assert.deepStrictEqual([outcome.state, outcome.artifact], ['stopped', null])
  })

  test('closing stops what runs at once, and what is asked for later', async () => {
    const each = create(BEHAVIOURS, 2)
    const begun = Promise.withResolvers<void>()
    const outcomes = [1, 2, 3].map((number) => each.run(trial('waiting', { number }), () => begun.resolve()))
    await begun.promise
    await each.close()
    await each.close()
    assert.deepStrictEqual(
      (await Promise.all(outcomes)).map(({ state }) => state),
      ['stopped', 'stopped', 'stopped'],
    )
    assert.strictEqual((await each.run(trial('well'), unheard)).state, 'stopped')
  })
}
