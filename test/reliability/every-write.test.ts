import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openReader } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { scaled } from './finesweep.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-writes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CHILD = path.join(import.meta.dirname, 'crash-child.ts')

/** Runs the child; resolves with what it printed, or null if it killed itself. */
function run(db: string, crashBefore: number): Promise<string | null> {
  const env = { ...process.env, CRASH_DB: db, CRASH_BEFORE: String(crashBefore) }
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [CHILD], { env }, (error, stdout, stderr) => {
      if (child.signalCode === 'SIGKILL') resolve(null)
      else if (error !== null) reject(new Error(stderr))
      else resolve(stdout.trim())
    })
  })
}

function digestOf(db: string): { digest: string; finished: number } {
  const reader = openReader(db)
  const study = reader.latestStudy()!
  const { complete, diverged, running, waiting } = reader.countTrials(study.id)
  const digest = studyDigest(reader, study.id)
  reader.close()
  expect({ running, waiting }).toEqual({ running: 0, waiting: 0 })
  return { digest, finished: complete + diverged }
}

test(
  'a process that dies before any of its writes leaves a study that ends with the same digest',
  async () => {
    const whole = path.join(folder, 'whole.db')
    const writes = Number(await run(whole, -1))
    const expected = digestOf(whole)
    expect(writes).toBeGreaterThan(20)
    const every = scaled(7, 1)
    for (let crashBefore = 0; crashBefore < writes; crashBefore += every) {
      const db = path.join(folder, `before-${crashBefore}.db`)
      // How many writes are grouped into one depends on when trials end: the last ones may not be reached.
      if ((await run(db, crashBefore)) !== null) expect(crashBefore).toBeGreaterThan(writes / 2)
      else expect(await run(db, -1)).not.toBe(null)
      expect(digestOf(db), `dying before write ${crashBefore}`).toEqual(expected)
    }
    console.log(`${Math.ceil(writes / every)} of ${writes} writes`)
  },
  scaled(120_000, 900_000),
)
