import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { readEndedTrials } from '../../src/study/ended-trial.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'

test('the trials of a stage that have ended are read in order of number, those of one budget with one object', () => {
  const store = createMemoryStore()
  const { id } = createExampleStudy(store, 'ended')
  for (const stage of STAGES) store.addStage(id, stage)
  for (const number of [0, 1, 3, 4, 6]) writeTrial(store, id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
  writeTrial(store, id, { ...exampleSpec(5), budget: { epochs: 2 } }, EXAMPLE_TRIALS[5]!)
  store.startTrial(id, exampleSpec(2), 'tester')
  store.flush()
  const ended = [...readEndedTrials(store, id, 0)]
  expect(ended.map(({ number, state, value }) => [number, state, value])).toEqual([
    [0, 'complete', 0.1012],
    [1, 'diverged', null],
    [3, 'failed', null],
    [4, 'complete', 0.3951],
    [5, 'complete', 0.2],
  ])
  expect(ended.map(({ budget }) => budget.epochs)).toEqual([1, 1, 1, 1, 2])
  expect(new Set(ended.map(({ budget }) => budget)).size).toBe(2)
  expect(ended[3]).toEqual({
    number: 4,
    stage: 0,
    params: EXAMPLE_TRIALS[4]!.params,
    state: 'complete',
    value: 0.3951,
    tie: null,
    epochs: 1,
    budget: { epochs: 1 },
    continues: null,
  })
})
