import { expect, test } from 'vitest'
import { float, type StudyView, study, type TextFormat, type TrialFilter } from '../../src/index.ts'

async function finished(): Promise<StudyView> {
  const tuning = study({
    direction: 'minimize',
    space: { x: float(0, 1) },
    objective: ({ params }) => params.x,
    stages: [{ trials: 4, epochs: 1 }],
  })
  await tuning.run()
  return tuning as unknown as StudyView
}

test.each<[filter: unknown, message: string, hint: string]>([
  [{ state: ['failed'] }, 'Unknown key "state" of a filter of trials', 'Did you mean "states"?'],
  [{ states: 'failed' }, 'states must be a list, got "failed"', "Write states: ['complete']."],
  [{ states: ['completed'] }, 'Unknown state "completed" of trials', 'Did you mean "complete"?'],
  [{ stage: 'coarse' }, 'stage must be the index of a stage, got "coarse"', 'The first stage is 0.'],
  [null, 'trials takes a filter as an object, got nothing', "Write trials({ states: ['complete'] })."],
])('a filter that would leave out nothing or everything is refused (%#)', async (filter, message, hint) => {
  const tuning = await finished()
  expect(() => tuning.trials(filter as TrialFilter)).toThrow(
    expect.objectContaining({ code: 'usage', message, hint }),
  )
})

test('a filter that leaves out nothing, and one that says nothing, give all', async () => {
  const tuning = await finished()
  expect(tuning.trials({ states: undefined, stage: undefined })).toHaveLength(4)
  expect(tuning.trials({ states: ['failed'] })).toEqual([])
})

test.each<[format: unknown, message: string, hint: string]>([
  ['xml', 'Unknown format "xml" of an export', 'Expected one of csv, json, ndjson, markdown, optuna.'],
  [undefined, 'Unknown format nothing of an export', 'Expected one of csv, json, ndjson, markdown, optuna.'],
  [
    'parquet',
    'The format parquet is binary and cannot be returned as text',
    'Write it with: finesweep export --format parquet -o FILE',
  ],
])('a format that gives no text is refused (%#)', async (format, message, hint) => {
  const tuning = await finished()
  expect(() => tuning.export(format as TextFormat)).toThrow(
    expect.objectContaining({ code: 'usage', message, hint }),
  )
})
