import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { readEarlyValues } from '../../src/study/early-values.ts'
import { createExampleStudy, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'

test('the values after a third of the epochs are those measured then, of trials with a value', () => {
  const store = createMemoryStore()
  const { id } = createExampleStudy(store, 'early')
  for (const stage of STAGES) store.addStage(id, stage)
  const params = { learningRate: 1e-3, reg: 1, dropout: 0.5 }
  writeTrial(store, id, exampleSpec(6), { params, values: [0.3, 0.2, 0.9] })
  writeTrial(store, id, exampleSpec(7), { params, values: [0.4, 0.5, 0.6] })
  writeTrial(store, id, exampleSpec(8), { params, values: [0.1], state: 'diverged' })
  const [coarse, fine] = STAGES
  expect(readEarlyValues(store, id, coarse!, store.trials(id, { stage: 0 }))).toBeNull()
  expect(readEarlyValues(store, id, fine!, store.trials(id, { stage: 1 }))).toEqual({
    epoch: 1,
    epochs: 3,
    values: new Map([
      [6, 0.3],
      [7, 0.4],
    ]),
  })
})

test('a trial that does not measure at each epoch has the value that it measured last by then, or none', () => {
  const store = createMemoryStore()
  const { id } = createExampleStudy(store, 'sparse')
  const stage = { ...STAGES[1]!, epochs: 9 }
  const measured = new Map([
    [6, [1, 2, 3, 4]],
    [7, [2, 4]],
    [8, [4, 9]],
  ])
  const reader = {
    measurements: (_: number, trial: number) =>
      measured.get(trial)!.map((step) => ({ step, value: step / 10 })),
  } as unknown as StudyReader
  const trials = [6, 7, 8].map((number) => ({
    ...exampleSpec(number),
    state: 'complete' as const,
    value: 1,
    epochs: 9,
  }))
  expect(readEarlyValues(reader, id, stage, trials)).toEqual({
    epoch: 3,
    epochs: 9,
    values: new Map([
      [6, 0.3],
      [7, 0.2],
    ]),
  })
})
