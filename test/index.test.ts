import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { choice, fixed, float, int, openReader, when } from '../src/index.ts'
import { runExperiment } from '../src/session/session.ts'
import { defineStudy } from '../src/study-file/define-study.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-index-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a study in code runs like one from a file, and a reader finds what it stored', async () => {
  const experiment = defineStudy(
    {
      name: 'in-code',
      objective: './quick.ts',
      direction: 'maximize',
      space: { learningRate: float(1e-5, 1, { log: true }), activation: choice(['relu', 'tanh']), units: 64 },
      stages: [
        { trials: 12, epochs: 1 },
        { trials: 6, epochs: 2 },
      ],
    },
    path.join(import.meta.dirname, 'reliability/studies'),
  )
  const db = path.join(folder, 'studies.db')
  const events: string[] = []
  const result = await runExperiment(experiment, null, {
    db,
    workers: 2,
    listener: (event) => events.push(event.kind),
  })
  expect(result.end).toEqual({ state: 'complete', endReason: null })
  expect(events.filter((kind) => kind === 'trial-finished')).toHaveLength(18)
  const reader = openReader(db)
  const study = reader.findStudy('in-code')!
  expect(reader.bestTrials(study.id, 1)).toEqual([result.best])
  expect(new Set(reader.trials(study.id).map(({ params }) => params.units))).toEqual(new Set([64]))
  reader.close()
})

test('a mistake in code is told like one in a file', () => {
  const settings = { space: { learningrate: float(1e-5, 1, { log: true }) } }
  expect(() => defineStudy(settings, folder)).toThrow(
    'Unknown key "learningrate" in space. Did you mean "learningRate"?',
  )
})

test('a study in code keeps conditions, and what its ranges say of their bounds', () => {
  const { space } = defineStudy(
    {
      space: {
        optimizer: choice(['adam', 'nesterov']),
        beta1: when({ optimizer: 'adam' }, float(0.8, 0.99)),
        momentum: when({ optimizer: ['nesterov'] }, fixed(0.9)),
        learningRate: float(1e-5, 1, { log: true }),
        reg: float(1e-5, 1, { log: true, hard: true }),
        units1: int(8, 8),
        dropout: { float: [0, 0.5] },
        activation: 'tanh',
      },
    },
    folder,
  )
  expect(Object.keys(space.parameters)).toHaveLength(8)
  expect(space.conditions).toEqual({ beta1: { optimizer: 'adam' }, momentum: { optimizer: ['nesterov'] } })
  expect(space.parameters).toMatchObject({
    learningRate: { hard: false },
    reg: { hard: true },
    beta1: { kind: 'float', hard: true },
    momentum: { value: 0.9 },
    units1: { value: 8 },
    activation: { value: 'tanh' },
  })
})

test.each<[settings: object, sentence: string]>([
  [{ space: { lr: float } }, 'lr must be plain data, got a function. Write { learningRate: float('],
  [{ limits: { timeout: Symbol('x') } }, 'limits.timeout must be plain data, got a symbol.'],
  [{ training: { batchSize: Number.NaN } }, 'training.batchSize must be'],
  [
    { space: { learningRate: { kind: 'normal', mean: 3 } } },
    'expected exactly one of float, int, choices, fixed',
  ],
  [JSON.parse('{ "budget": { "trials": 0 } }'), 'budget.trials must be a whole number of at least 1, got 0.'],
])('a mistake in code names no file (%#)', (settings, sentence) => {
  let message = ''
  try {
    defineStudy(settings, folder)
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toContain(sentence)
  expect(message).not.toContain(folder)
})

test('settings that hold themselves are refused', () => {
  const settings: Record<string, unknown> = {}
  settings.training = settings
  expect(() => defineStudy(settings, folder)).toThrow('training is nested too deeply or contains itself')
})
