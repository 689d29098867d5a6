import { expect, test } from 'vitest'
import { explanationJson, readExplanation, renderExplanation } from '../../src/report/explain.ts'
import { readRungVerdicts, verdictWords } from '../../src/report/rungs.ts'
import { float } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'
import { type Course, createSteppingExecutor } from '../study/stepping-executor.ts'

/** By number, the losses after each of three epochs; compared after the first. */
const COURSES: readonly Course[] = [
  { values: [0.5, 0.4, 0.3] },
  { values: [0.4, 0.4, 0.4] },
  { values: [], ends: 'diverged' },
  { values: [0.3], ends: 'failed' },
  { values: [0.35, 0.2, 0.1] },
  { values: [0.6, 0, 0] },
  { values: [0.40001, 0.1, 0.1] },
]

async function halved(slots: number, mostCuts?: number) {
  const { store, study } = await runSimulated({
    space: { parameters: { x: float(0, 1) }, conditions: {}, constraints: [] },
    stages: [{ trials: 7, epochs: 3, rungs: [1], reduce: 3, sampler: 'random' }],
    executor: createSteppingExecutor({
      slots,
      seed: slots,
      pauses: slots > 1,
      loses: false,
      courseOf: ({ spec }) => COURSES[spec.number]!,
    }),
  })
  const told = (number: number): string[] =>
    readRungVerdicts(store, study, store.stages(study.id)[0], number).map((each) =>
      verdictWords(each, 'loss'),
    )
  return { told, explanation: readExplanation(store, study, mostCuts) }
}

test.each([1, 3])('each trial is told with its numbers at a rung, run in %i lanes', async (slots) => {
  const { told } = await halved(slots)
  expect(COURSES.map((_, number) => told(number))).toEqual([
    ['went on: 0.5000, 1st of 1; too few to compare with'],
    ['went on: 0.4000, 1st of 2; too few to compare with'],
    [],
    ['went on: 0.3000, 1st of 4; the first 2 go on; needed to beat 0.5000 (trial 0)'],
    ['went on: 0.3500, 2nd of 5; the first 2 go on; needed to beat 0.4000 (trial 1); ahead: 3'],
    ['pruned: 0.6000, 5th of 6; the first 2 go on; needed to beat 0.3500 (trial 4); ahead: 3, 4, 1, 0'],
    ['pruned: 0.40001, 4th of 7; the first 3 go on; needed to beat 0.40000 (trial 1); ahead: 3, 4, 1'],
  ])
})

test('explain tells each cut, and how the best trial passed', async () => {
  const { explanation } = await halved(2)
  const text = renderExplanation(explanation, '', 100, false)
  expect(text).toContain(
    [
      'About one trial in 3 goes on past a rung; each is compared with lower-numbered trials.',
      'Rung at epoch 1: 6 trials compared, 2 pruned. The best one, trial 4, was 2nd of 5.',
      '  trial 5: 0.6000, 5th of 6; the first 2 go on; needed to beat 0.3500 (trial 4)',
      '  trial 6: 0.40001, 4th of 7; the first 3 go on; needed to beat 0.40000 (trial 1)',
      '',
    ].join('\n'),
  )
})

test('explain names how to see the cuts that it leaves out, and its document has the numbers', async () => {
  const { explanation } = await halved(2, 1)
  expect(renderExplanation(explanation, '', 100, false)).toContain(
    '  1 more: see finesweep show NUMBER for one, --json for all\n',
  )
  const { rungs } = explanationJson((await halved(1, Infinity)).explanation).stages[0]!
  expect(rungs).toMatchObject({ at: [1], reduce: 3, passages: [{ epoch: 1, reached: 6, pruned: 2 }] })
  expect(rungs!.passages![0]!.cuts[1]).toEqual({
    trial: 6,
    epoch: 1,
    step: 1,
    value: 0.40001,
    place: 4,
    of: 7,
    goOn: 3,
    threshold: { trial: 1, value: 0.4 },
    ahead: [3, 4, 1],
    outcome: 'pruned',
    confirmed: true,
  })
})
