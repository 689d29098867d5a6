import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, expect, it } from 'vitest'
import { replayTrial } from '../../src/session/replay.ts'
import { resumeExperiment } from '../../src/session/session.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { runCaptured } from '../cli/capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-old-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of a frozen store whose study finds its files in this test's folder instead of where it was begun. */
function thaw(name: string, begunIn: string): string {
  const db = join(folder, name)
  copyFileSync(fileURLToPath(new URL(`../fixtures/stores/${name}`, import.meta.url)), db)
  const store = new Database(db)
  store.prepare('UPDATE studies SET experiment = replace(experiment, ?, ?)').run(begunIn, `"${folder}`)
  store.close()
  return db
}

/** The digest of the program's study where version 0.1.0 ran it to its end. */
const WHOLE = 'a6afadefba4f39be0e5f4f3e6809fdf30c3ee7d4a9076cd4b05be8aba90e46d2'

it('a study of a program that version 0.1.0 stopped after four of six trials ends as it would have ended there', async () => {
  const db = thaw('v1-middle.db', '"/tmp/old')
  const best = await runCaptured(['best', '--db', db, '--json'])
  expect(best.code).toBe(0)
  expect(JSON.parse(best.stdout).trials.map(({ number }: { number: number }) => number)).toEqual([2, 1, 3, 0])
  const resumed = await resumeExperiment(null, { force: false, add: 0, set: [] }, { db, workers: 1 })
  expect(resumed.end).toEqual({ state: 'complete', endReason: null })
  const reader = openReader(db)
  expect(reader.countTrials(1).complete).toBe(6)
  expect(studyDigest(reader, 1)).toBe(WHOLE)
  expect(reader.damage(1)).toEqual([])
  reader.close()
})

it('a study that was stopped in its second stage under version 2 of the store ends as it would have ended there', async () => {
  const db = join(folder, 'v2-middle.db')
  copyFileSync(fileURLToPath(new URL('../fixtures/stores/v2-middle.db', import.meta.url)), db)
  const writer = openWriter(db)
  const { id, experiment, fingerprints } = writer.latestStudy()!
  writer.acquireLease(id)
  writer.setExperiment(id, JSON.parse(JSON.stringify(experiment).replace('/tmp/v2', folder)), fingerprints)
  writer.close()
  const shown = await runCaptured(['explain', '--db', db])
  expect(shown.code).toBe(0)
  expect(shown.stdout).toContain('narrowed to 43 % of the range')
  const best = await runCaptured(['best', '--db', db, '--json'])
  expect(JSON.parse(best.stdout).trials[0]).toMatchObject({ number: 13 })
  const resumed = await resumeExperiment(null, { force: false, add: 0, set: [] }, { db, workers: 2 })
  expect(resumed.end).toEqual({ state: 'complete', endReason: null })
  const reader = openReader(db)
  expect(reader.countTrials(id)).toMatchObject({ complete: 14, pruned: 7, waiting: 0 })
  expect(studyDigest(reader, id)).toBe('7e5efc27faeb75487ba19b67811bdd81c58f39f6e9c3ec058d6bb28495b671b8')
  expect(reader.damage(id)).toEqual([])
  reader.close()
})

it('the networks that version 0.1.0 trained are trained again to the same bits', async () => {
  const db = thaw('v1-classifier.db', '"/tmp')
  copyFileSync(
    fileURLToPath(new URL('../fixtures/stores/v1-rows.csv', import.meta.url)),
    join(folder, 'rows.csv'),
  )
  const reader = openReader(db)
  const study = reader.latestStudy()!
  for (const trial of reader.trials(study.id)) {
    const { difference } = await replayTrial(reader, study, trial, db)
    expect(difference, `trial ${trial.number}`).toBeNull()
  }
  reader.close()
})
