import { expect, test } from 'vitest'
import { createMemoryStore, float, type StudyInCode, study } from '../../src/index.ts'

const space = { x: float(0, 1) }
const first = { trials: 4, epochs: 1 }

test('a further stage that would change the sampler of one before is refused with the sampler to write', async () => {
  const store = createMemoryStore()
  const withStages = (stages: StudyInCode['stages']) =>
    study({ direction: 'minimize', space, objective: ({ params }) => params.x, store, stages: stages! })
  await withStages([first]).run()
  const further = { trials: 2, epochs: 2 }
  await expect(withStages([first, further]).run()).rejects.toMatchObject({
    message: 'Study "study" was started with different settings: stages[0].sampler: "gp" -> "sobol"',
    hint: expect.stringContaining("write sampler: 'gp' in stages[0]"),
  })
  const extended = withStages([{ ...first, sampler: 'gp' }, further])
  expect((await extended.run()).state).toBe('complete')
  expect(extended.trials()).toHaveLength(6)
})
