import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.ts'
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
