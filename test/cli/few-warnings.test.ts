import { expect, test } from 'vitest'
import { fewWarnings } from '../../src/cli/few-warnings.ts'
import { describeWarning } from '../../src/execute/output.ts'

test('of warnings that each trial repeats, three are shown, and that there may be more', () => {
  const told: string[] = []
  const print = fewWarnings((text) => told.push(text))
  const wrong = (trial: number) =>
    describeWarning(
      trial === 1 ? 'trial 1 on w1' : `trial ${trial}`,
      `metrics.note must be a number, got "v${trial}"; it is ignored`,
    )
  const late = (trial: number) =>
    describeWarning(`trial ${trial}`, `step must increase, got ${trial} after 9; it counts as step 10`)
  for (let trial = 0; trial < 5; trial++) {
    print(wrong(trial))
    print(`epoch ${trial}`)
  }
  print(late(7))
  expect(told).toEqual([
    ...[wrong(0), 'epoch 0', wrong(1), 'epoch 1', wrong(2)],
    'Any more warnings like this one are not shown.',
    ...['epoch 2', 'epoch 3', 'epoch 4', late(7)],
  ])
})
