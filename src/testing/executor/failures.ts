import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { TestRunner } from '../runner.ts'
import { type ExecutorStand, trial, unheard } from './stand.ts'

const FAULTS = [
  ['nothing', 'The objective ended without a measurement'],
  ['noObject', 'Bad measurement: an objective must yield { step, value, metrics }, got 0.5'],
  ['noStep', 'Bad measurement: step must be a whole number from 1, got undefined'],
  ['halfStep', 'Bad measurement: step must be a whole number from 1, got 1.5'],
  ['fallingSteps', 'Bad measurement: steps must increase, got 2 after 2'],
  ['textValue', 'Bad measurement: value must be a number, got "0.5" at step 1'],
  ['strayKey', 'Bad measurement: unknown key "loss"; other numbers belong in metrics'],
  ['cyclic', 'Bad measurement: metrics.self must be a number, got an object at step 1'],
  ['functionMetric', 'Bad measurement: metrics.f must be a number, got a function at step 1'],
  [
    'returnsValue',
    'An objective must return nothing or { artifact, arithmetic }, which are bytes and a string; its value is the last one it yields',
  ],
  ['noValue', 'Bad measurement: value must be a number, got "high" at step 5'],
] as const

/** What every executor makes of trials that fail. */
export function checkFailures(
  { shared, outcomeOf, create, loadsHere }: ExecutorStand,
  { test }: TestRunner,
): void {
  test('what is thrown becomes the reason of a failed trial, and the next trial runs', async () => {
    const thrown = await shared.run(trial('throws'), unheard)
    matches(thrown, {
      state: 'failed',
      error: { code: 'threw', message: 'TypeError: no such layer' },
    })
    assert.ok(thrown.error?.stack?.includes('behaviours'))
    assert.strictEqual(thrown.measurements.length, 1)
    assert.strictEqual(
      (await shared.run(trial('throwsText'), unheard)).error?.message,
      'The objective threw "a string", which is not an Error',
    )
    assert.strictEqual((await shared.run(trial('throwsAtOnce'), unheard)).error?.message, 'nothing begun')
    assert.strictEqual((await shared.run(trial('well'), unheard)).state, 'complete')
  })

  test('process.exit ends the trial and not the process', async () => {
    const { state, error, measurements } = await outcomeOf('exits')
    assert.deepStrictEqual(
      [state, error?.code, error?.message],
      ['failed', 'exited', 'The objective called process.exit(3)'],
    )
    assert.strictEqual(measurements.length, 1)
  })

  test('a value that is not finite ends the trial as diverged, and the reason gives its step', async () => {
    const { state, error, measurements } = await outcomeOf('diverges')
    assert.deepStrictEqual(
      [state, error?.code, error?.message],
      ['diverged', 'diverged', 'The value became NaN at step 2'],
    )
    assert.strictEqual(measurements.length, 1)
  })

  test('an objective can report that it diverged', async () => {
    const { state, error } = await outcomeOf('givesUp')
    assert.deepStrictEqual(
      [state, error?.code, error?.message],
      ['diverged', 'diverged', 'loss became NaN in epoch 2, step 32'],
    )
  })

  for (const [does, message] of FAULTS) {
    test(`an objective with the fault "${does}" fails with a sentence`, async () => {
      const { state, error } = await outcomeOf(does)
      assert.deepStrictEqual([state, error?.code, error?.message], ['failed', 'bad-measurement', message])
    })
  }

  if (loadsHere) {
    test('an objective that cannot be loaded fails each trial with the sentence', async () => {
      const missing = create('/nowhere/objective.ts', 1)
      for (const number of [0, 1]) {
        const { state, error } = await missing.run(trial('well', { number }), unheard)
        assert.deepStrictEqual(
          [state, error?.code, error?.message],
          ['failed', 'threw', 'Objective not found: /nowhere/objective.ts'],
        )
      }
      await missing.close()
    })
  }
}
