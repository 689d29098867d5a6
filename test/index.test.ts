import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { choice, defineStudy, float, openReader, runExperiment } from '../src/index.ts'

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
    codeVersion: 'test',
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
