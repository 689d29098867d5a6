import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runExperiment } from '../../src/session/session.ts'
import { openReader } from '../../src/store/sqlite-store.ts'
import { defineStudy, type StudySettings } from '../../src/study-file/define-study.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bounds-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function trialsOf(name: string, space: StudySettings['space']) {
  const study = defineStudy(
    {
      name,
      objective: './bounded.ts',
      direction: 'minimize',
      ...(space === undefined ? {} : { space }),
      stages: [
        { name: 'coarse', trials: 48, epochs: 1 },
        { name: 'fine', trials: 24, epochs: 1 },
      ],
      limits: { maxFailures: 30, retries: 0 },
    },
    path.join(import.meta.dirname, '../fixtures/objectives'),
  )
  const db = path.join(folder, 'studies.db')
  await runExperiment(study, null, { db, workers: 1 })
  const reader = openReader(db)
  const trials = reader.trials(reader.findStudy(name)!.id)
  reader.close()
  return trials
}

test('no stage draws outside of declared bounds, and the optimum at an edge is found', async () => {
  const trials = await trialsOf('hard', undefined)
  expect(trials).toHaveLength(72)
  expect(trials.filter(({ state }) => state === 'failed')).toEqual([])
  for (const { params } of trials) {
    expect(params.batch).toBeGreaterThanOrEqual(1)
    expect(params.batch).toBeLessThanOrEqual(64)
    expect(params.fraction).toBeGreaterThanOrEqual(0.2)
    expect(params.fraction).toBeLessThanOrEqual(1)
  }
  expect(Math.min(...trials.map(({ value }) => value!))).toBeLessThan(0.15)
})

test('a soft range is opened where the best trials lie at its bound', async () => {
  const trials = await trialsOf('soft', { batch: { int: [1, 64], soft: true } })
  expect(trials.some(({ params }) => (params.batch as number) < 1)).toBe(true)
})
