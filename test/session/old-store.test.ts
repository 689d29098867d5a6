import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { resumeExperiment } from '../../src/session/session.ts'
import { openReader } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { runCaptured } from '../cli/capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-old-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A study of six trials of a program that version 0.1.0 stopped after four. */
const FROZEN = fileURLToPath(new URL('../fixtures/stores/v1-middle.db', import.meta.url))

/** The digest of the same study where version 0.1.0 ran it to its end. */
const WHOLE = 'a6afadefba4f39be0e5f4f3e6809fdf30c3ee7d4a9076cd4b05be8aba90e46d2'

it('a study that version 0.1.0 left unfinished ends as it would have ended there', async () => {
  const db = join(folder, 'middle.db')
  copyFileSync(FROZEN, db)
  const best = await runCaptured(['best', '--db', db, '--json'])
  expect(best.code).toBe(0)
  expect(JSON.parse(best.stdout).trials.map(({ number }: { number: number }) => number)).toEqual([2, 1, 3, 0])
  const resumed = await resumeExperiment(
    null,
    { force: false, add: 0, set: [] },
    { db, workers: 1, codeVersion: 'x' },
  )
  expect(resumed.end).toEqual({ state: 'complete', endReason: null })
  const reader = openReader(db)
  expect(reader.countTrials(1).complete).toBe(6)
  expect(studyDigest(reader, 1)).toBe(WHOLE)
  expect(reader.damage(1)).toEqual([])
  reader.close()
})
