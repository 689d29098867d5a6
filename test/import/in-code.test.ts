import { expect, test } from 'vitest'
import { float, type ImportOptions, type Study, study, type TrialToImport } from '../../src/index.ts'

function tuning(): Study<{ readonly x: number }> {
  return study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: ({ params }) => params.x,
    stages: [{ trials: 4, epochs: 2 }],
  })
}

const params = { x: 0.5 }
const GOT = 'import: entry 1'

test.each<[entry: unknown, sentence: string]>([
  [5, `${GOT} must be a trial, got 5`],
  [{ value: 1 }, `${GOT}.params must be an object, got nothing`],
  [{ params: [1], value: 1 }, `${GOT}.params must be an object, got [1]`],
  [{ params, value: '0.5' }, `${GOT}.value must be a number, or null if it has none, got "0.5"`],
  [
    { params, value: 1, state: 'done' },
    `${GOT}.state must be one of complete, pruned, diverged, failed, got "done"`,
  ],
  [{ params, value: 1, epochs: 1.5 }, `${GOT}.epochs must be a whole number of at least 0, got 1.5`],
  [{ params, value: 1, epochs: 0 }, `${GOT}.epochs must be at least 1 where there is a value, got 0`],
  [{ params, value: 1, metrics: 3 }, `${GOT}.metrics must be an object of numbers, got 3`],
  [{ params, value: 1, metrics: { loss: '1' } }, `${GOT}.metrics.loss must be a number, got "1"`],
])(
  'a trial in code that is none is refused with its place, and nothing is imported (%#)',
  async (entry, message) => {
    const study = tuning()
    const given = [{ params, value: 1 }, entry] as TrialToImport[]
    await expect(study.import(given)).rejects.toMatchObject({ code: 'usage', message })
    expect(study.record()).toBeNull()
  },
)

test.each<[options: unknown, message: string]>([
  [{ epoch: 3 }, 'Unknown option "epoch" of import'],
  [{ epochs: '3' }, 'import: epochs must be a whole number of at least 1, got "3"'],
  [{ columns: 'x' }, 'import: columns must be an object such as { lr: "learning_rate" }, got "x"'],
  [{ study: 1 }, 'import: study must be a name, got 1'],
  [{ narrow: 'yes' }, 'import: narrow must be true or false, got "yes"'],
  [null, 'import: its options must be an object, got nothing'],
])('an option of import that is wrong is refused (%#)', async (options, message) => {
  const imported = tuning().import([{ params, value: 1 }], options as ImportOptions)
  await expect(imported).rejects.toMatchObject({ code: 'usage', message })
})

test('what is neither a list nor a text is refused', async () => {
  await expect(tuning().import(5 as never)).rejects.toThrow(
    'import takes a file, the name of a study or a list of trials, got 5',
  )
})

test('the records of another study can be imported; those of trials that still run are dropped in a remark', async () => {
  const from = tuning()
  await from.run()
  const asked = study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: 'external',
    stages: [{ trials: 4, epochs: 2 }],
  })
  await asked.ask()
  const { trials, remarks } = await tuning().import([...from.trials(), ...asked.trials()])
  expect(trials.map(({ value }) => value)).toEqual(from.trials().map(({ value }) => value))
  expect(remarks).toEqual(['Dropped 1 of 5 trials: it has not finished (1: entry 4)'])
})
