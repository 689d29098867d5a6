import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeError, UserError } from '../../src/errors.ts'
import { readStoppingBounds } from '../../src/report/search-notes.ts'
import { changeExperiment } from '../../src/session/change-experiment.ts'
import { resumeExperiment, runExperiment } from '../../src/session/session.ts'
import { openReader } from '../../src/store/sqlite-store.ts'
import type { StageRecord, StudyRecord } from '../../src/store/store.ts'
import { defineStudy } from '../../src/study-file/define-study.ts'
import { experimentToJson } from '../../src/study-file/experiment-json.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-change-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const EXPERIMENT = parseExperiment(
  `name: mine
objective: { command: "x {lr}" }
direction: minimize
space:
  lr: { float: [1e-4, 1], log: true }
  kind: { choices: [a, b] }
  beta: { float: [0, 1], when: { kind: a } }
require: lr < 0.5
stages:
  - { name: coarse, trials: 8, epochs: 1 }
  - { name: fine, trials: 4, epochs: 2 }`,
  'mine.yaml',
)

const STUDY = { name: 'mine', experiment: experimentToJson(EXPERIMENT) } as StudyRecord

function changed(set: readonly string[], { stages = 1, trials = 3, force = false, add = 0 } = {}) {
  const begun = EXPERIMENT.stages.slice(0, stages) as unknown as StageRecord[]
  return changeExperiment(STUDY, { begun, begunTrials: () => trials }, { force, add, set })
}

function refusal(...args: Parameters<typeof changed>): string {
  try {
    changed(...args)
  } catch (error) {
    if (error instanceof UserError) return describeError(error)
    throw error
  }
  throw new Error('the change was made')
}

test('a resume sets stages by number or by name, and limits', () => {
  expect(changed(['stages.coarse.trials=16', 'stages[1].epochs=5', 'limits.timeout=2h'])).toMatchObject({
    stages: [
      { name: 'coarse', trials: 16 },
      { name: 'fine', epochs: 5 },
    ],
    limits: { timeout: 7200 },
  })
  expect(changed(['stages.fine.sampler=tpe', 'stages.fine.keep=0.5']).stages[1]).toMatchObject({
    sampler: 'tpe',
    keep: 0.5,
  })
  expect(changed([], { stages: 2, add: 6 }).stages[1]!.trials).toBe(10)
})

test('a resume adds stages, with the defaults of a later stage', () => {
  const { stages } = changed(['stages[2]={ name: finer, trials: 16, epochs: 10 }', 'stages[3].trials=2'], {
    stages: 2,
  })
  expect(stages.slice(0, 2)).toEqual(EXPERIMENT.stages)
  expect(stages.slice(2)).toMatchObject([
    { name: 'finer', trials: 16, epochs: 10, sampler: 'gp', rootShare: 0.1 },
    { name: 'stage-4', trials: 2 },
  ])
})

test('a resume changes ranges of the space, if it is forced, for stages that have not begun', () => {
  const { space } = changed(['space.lr.float=[1e-6, 10]', 'space.beta.soft=true'], { force: true })
  expect(space).toEqual({
    ...EXPERIMENT.space,
    parameters: {
      ...EXPERIMENT.space.parameters,
      lr: { ...EXPERIMENT.space.parameters.lr, low: 1e-6, high: 10 },
      beta: { ...EXPERIMENT.space.parameters.beta, hard: false },
    },
  })
})

test.each<[set: string, options: Parameters<typeof changed>[1], sentence: string]>([
  [
    'space.lr.float=[1e-6, 10]',
    {},
    '--set space.lr.float  space.lr.float changes what is searched. Add --force to change it anyway: ',
  ],
  ['space.lr.float=[10, 1]', { force: true }, 'lr: low must be below high, got 10 and 1. Swap them.'],
  ['space.lr={ int: [1, 2] }', { force: true }, 'space.lr must stay a float parameter, got int.'],
  ['space.lr.float=[0.6, 1]', { force: true }, 'require "lr < 0.5": no point of the space satisfies it'],
  [
    'space.width={ int: [1, 2] }',
    { force: true },
    'space.width is not a parameter of the study. The parameters are lr, kind, beta.',
  ],
  [
    'space.lr.float=[1e-6, 10]',
    { force: true, stages: 2 },
    'every stage has already started with its own ranges, so the change would have no effect. Add a stage as well',
  ],
  ['stages.fien.trials=9', {}, 'No entry is named "fien". Did you mean "fine"?'],
  ['stages[3].trials=9', {}, 'stages has 2 entries, numbered from 0; there is no [3].'],
  ['stages[0].epochs=9', {}, 'stages[0].epochs: the stage has already started with 1 epochs per trial.'],
  [
    'stages[0].sampler=tpe',
    {},
    'stages[0].sampler: the stage has already started. Only the number of trials can change once a stage has started.',
  ],
  [
    'stages[0].trials=2',
    {},
    'stages[0].trials must be at least 3, the number of trials already started; got 2.',
  ],
  ['stages[0].trials=0', { trials: 0 }, 'stages[0].trials must be a whole number of at least 1, got 0'],
  [
    'stages[0].trials=9',
    { stages: 2 },
    'stages[0].trials: the next stage was already drawn from its results.',
  ],
  ['stages=[]', {}, "stages can't change as a whole."],
  [
    'seed=3',
    {},
    "seed can't change once a study has started. A resume can change stages, limits and, with --force,",
  ],
  ['limits.timeout=soon', {}, 'limits.timeout must be a time above 0'],
])('%s with %j is refused', (set, options, sentence) => {
  expect(refusal([set], options)).toContain(sentence)
})

test('a complete study goes on with a further stage in a wider range, and records both', async () => {
  const study = defineStudy(
    {
      name: 'grown',
      objective: './bounded.ts',
      direction: 'minimize',
      space: { batch: { int: [8, 16] } },
      stages: [{ name: 'only', trials: 12, epochs: 1 }],
    },
    path.join(import.meta.dirname, '../fixtures/objectives'),
  )
  const options = { db: path.join(folder, 'studies.db'), workers: 1 }
  await runExperiment(study, null, options)
  const set = ['space.batch.int=[1, 16]', 'stages[1]={ name: wider, trials: 12, rootShare: 0.5 }']
  await resumeExperiment('grown', { force: true, add: 0, set }, options)
  const reader = openReader(options.db)
  const record = reader.findStudy('grown')!
  const trials = reader.trials(record.id)
  reader.close()
  expect(record.state).toBe('complete')
  expect(record.notes).toEqual(
    expect.arrayContaining([
      'resume --force: the search space has changed (space.batch: { int: [8, 16] } -> { int: [1, 16] })',
      'resume --set space.batch.int=[1, 16]',
    ]),
  )
  expect(trials.map(({ stage }) => stage)).toEqual([...Array(12).fill(0), ...Array(12).fill(1)])
  const batches = (stage: number) =>
    trials.filter((trial) => trial.stage === stage).map(({ params }) => params.batch as number)
  expect(Math.min(...batches(0))).toBeGreaterThanOrEqual(8)
  expect(Math.min(...batches(1))).toBeLessThan(8)
})

test('a stage that is added with narrower ranges and other choices keeps to them', async () => {
  const study = parseExperiment(
    `name: moved
objective: ${path.join(import.meta.dirname, '../fixtures/objectives/any-space.ts')}
direction: minimize
space: { x: { float: [0, 10] }, kind: { choices: [a, b, c] } }
stages: [{ name: only, trials: 12, epochs: 1, sampler: random }]`,
    path.join(folder, 'moved.yaml'),
  )
  const options = { db: path.join(folder, 'moved.db'), workers: 1 }
  await runExperiment(study, null, options)
  const set = [
    'space.x.float=[5, 20]',
    'space.kind.choices=[b, c, d]',
    'stages[1]={ name: next, trials: 12, epochs: 1, sampler: random, keep: 1, rootShare: 0.2 }',
  ]
  await resumeExperiment('moved', { force: true, add: 0, set }, options)
  const reader = openReader(options.db)
  const trials = reader.trials(reader.findStudy('moved')!.id, { stage: 1 })
  reader.close()
  expect(Math.min(...trials.map(({ params }) => params.x as number))).toBeGreaterThanOrEqual(5)
  expect(new Set(trials.map(({ params }) => params.kind))).toEqual(new Set(['b', 'c', 'd']))
})

test('a hard bound at which the best lay is no more spoken of once it was widened', async () => {
  const study = parseExperiment(
    `name: widened
objective: ${path.join(import.meta.dirname, '../fixtures/objectives/any-space.ts')}
direction: maximize
space: { x: { float: [0, 10] } }
stages: [{ name: only, trials: 24, epochs: 1, sampler: random }]`,
    path.join(folder, 'widened.yaml'),
  )
  const options = { db: path.join(folder, 'widened.db'), workers: 1 }
  const bounds = () => {
    const reader = openReader(options.db)
    const record = reader.findStudy('widened')!
    const found = readStoppingBounds(
      reader,
      record,
      reader.stages(record.id),
      reader.bestTrials(record.id, 1)[0]!,
    )
    reader.close()
    return found
  }
  await runExperiment(study, null, options)
  expect(bounds()).toEqual([{ name: 'x', edge: 'upper', bound: 10 }])
  const set = ['space.x.float=[0, 40]', 'stages[1]={ name: next, trials: 12, epochs: 1, sampler: random }']
  await resumeExperiment('widened', { force: true, add: 0, set }, options)
  expect(bounds()).toEqual([])
})
