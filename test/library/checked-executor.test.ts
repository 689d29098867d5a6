import { expect, test } from 'vitest'
import { type Executor, float, study, type TrialOutcome } from '../../src/index.ts'

const measurement = { step: 1, value: 1, metrics: {}, seconds: 0 }
const outcome: TrialOutcome = {
  state: 'complete',
  measurements: [measurement],
  error: null,
  artifact: null,
  arithmetic: null,
  slot: null,
  host: null,
  startedAt: 0,
  durationMs: 0,
}

function ran(changes: unknown): Promise<{ readonly state: string }> {
  const executor: Executor = {
    slots: 1,
    run: async () =>
      (changes === undefined ? undefined : { ...outcome, ...(changes as object) }) as TrialOutcome,
    stop() {},
    async close() {},
  }
  return study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: 'external',
    stages: [{ trials: 2, epochs: 1 }],
  }).run({ executor })
}

test.each<[changes: unknown, rule: string]>([
  [undefined, 'state must be one of complete, pruned, diverged, failed, stopped, got nothing'],
  [{ state: 'done' }, 'state must be one of complete, pruned, diverged, failed, stopped, got "done"'],
  [{ measurements: undefined }, 'measurements must be a list, got nothing'],
  [{ measurements: [] }, 'it is complete without a measurement'],
  [
    { measurements: [{ ...measurement, value: '1' }] },
    'Bad measurement: value must be a number, got "1" at step 1',
  ],
  [{ measurements: [measurement, measurement] }, 'Bad measurement: steps must increase, got 1 after 1'],
  [
    { measurements: [{ ...measurement, value: Number.NaN }] },
    'value must be finite, got NaN at step 1; such a trial is diverged',
  ],
  [{ state: 'failed' }, 'error must be { code, message, stack }, got nothing'],
])('an outcome that is none ends the run with its rule (%#)', async (changes, rule) => {
  await expect(ran(changes)).rejects.toMatchObject({
    code: 'usage',
    message: `The executor returned an invalid outcome for trial 0: ${rule}`,
  })
})

test('an outcome as it has to be is stored', async () => {
  expect(await ran({})).toMatchObject({ state: 'complete' })
  expect(
    await ran({ state: 'diverged', measurements: [], error: { code: 'x', message: 'y', stack: null } }),
  ).toMatchObject({
    state: 'complete',
  })
})
