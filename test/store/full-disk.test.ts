import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { openWritable } from '../../src/store/connection.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { SqliteWriter } from '../../src/store/sqlite-writer.ts'
import type { StudyWriter } from '../../src/store/store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

/** Writes trials until the store is full; returns how many were committed, and why no more. */
function fill(store: StudyWriter): { readonly committed: number; readonly error: unknown } {
  const { id } = store.createStudy(newStudy())
  store.addStage(id, stage())
  for (let number = 0; number < 10_000; number++) {
    const artifact = new Uint8Array(20_000).fill(number)
    store.startTrial(id, spec(number), 'a-host')
    store.finishTrial(id, number, outcome(number, { artifact }), true)
    try {
      store.flush()
    } catch (error) {
      return { committed: number, error }
    }
  }
  throw new Error('It never was full.')
}

function expectIntact(file: string, committed: number): void {
  const reader = openReader(file)
  expect(reader.countTrials(1).complete).toBe(committed)
  for (const { trial, measurements } of reader.allMeasurements(1)) {
    expect(measurements).toEqual(outcome(trial).measurements)
    expect(reader.artifact(1, trial)?.every((byte) => byte === trial % 256)).toBe(true)
  }
  reader.close()
}

it('a full store says so, keeps all that was committed, and goes on when there is room again', () => {
  const file = join(folder, 'limited.db')
  const db = openWritable(file)
  db.pragma('max_page_count = 100')
  const store = new SqliteWriter(db, file, Date.now)
  const { committed, error } = fill(store)
  expect(committed).toBeGreaterThan(5)
  expect(error).toBeInstanceOf(UserError)
  expect(error).toMatchObject({ code: 'store', message: expect.stringContaining('the disk is full') })
  expectIntact(file, committed)
  db.pragma('max_page_count = 1000')
  store.flush()
  expectIntact(file, committed + 1)
  store.close()
})

it('a full store can be closed, and what was committed is there', () => {
  const file = join(folder, 'closed.db')
  const db = openWritable(file)
  db.pragma('max_page_count = 60')
  const store = new SqliteWriter(db, file, Date.now)
  const { committed } = fill(store)
  store.close()
  expectIntact(file, committed)
  const resumed = openWriter(file)
  resumed.acquireLease(1)
  expect(resumed.countTrials(1)).toMatchObject({ complete: committed, running: 0 })
  resumed.close()
})

const disk = join(folder, 'disk')
const mounted = mountSmallDisk(disk)
afterAll(() => {
  if (mounted) execFileSync('umount', [disk])
})

it.skipIf(!mounted)('a disk of 2 MB that fills up loses nothing (needs the right to mount)', () => {
  const file = join(disk, 'studies.db')
  const store = openWriter(file)
  const { committed, error } = fill(store)
  expect(committed).toBeGreaterThan(5)
  expect(error).toBeInstanceOf(UserError)
  expect(error).toMatchObject({ code: 'store' })
  store.close()
  expectIntact(file, committed)
})

function mountSmallDisk(at: string): boolean {
  mkdirSync(at)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', at], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
