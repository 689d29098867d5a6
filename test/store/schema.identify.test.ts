import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { closeWritable, openReadable, openWritable } from '../../src/store/connection.ts'
import { identify, migrate } from '../../src/store/schema.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0
const newFile = (): string => join(folder, `${files++}.db`)
const FSWP = 0x46535750

/** A copy of a frozen store, after some SQL. */
function copyOf(version: number, sql = ''): string {
  const file = newFile()
  copyFileSync(fileURLToPath(new URL(`../fixtures/stores/v${version}.db`, import.meta.url)), file)
  const db = new Database(file)
  db.exec(sql)
  db.close()
  return file
}

describe('a file', () => {
  const identified = (id: number, version: number, sql = ''): number => {
    const db = new Database(':memory:')
    db.exec(`PRAGMA application_id = ${id}; PRAGMA user_version = ${version}; ${sql}`)
    return identify(db, 's.db', 3)
  }

  it('with the mark of a store is one, of any version up to the newest', () => {
    expect([1, 2, 3].map((version) => identified(FSWP, version, 'CREATE TABLE a (x)'))).toEqual([1, 2, 3])
    expect(identified(FSWP, 1)).toBe(1)
  })

  it('that is empty is a store yet to be made', () => {
    expect(identified(0, 0)).toBe(0)
  })

  it.each([
    ['another mark', 7, 1, ''],
    ['another mark and no version', 7, 0, ''],
    ['no mark and a version', 0, 1, ''],
    ['no mark and a table', 0, 0, 'CREATE TABLE a (x)'],
  ])('with %s is of another program', (_, id, version, sql) => {
    expect(() => identified(id, version, sql)).toThrow('s.db: this SQLite file is not a finesweep store')
  })

  it.each([0, -1])('with the mark and version %i is damaged', (version) => {
    expect(() => identified(FSWP, version)).toThrow(`s.db: the store is damaged: its version is ${version}`)
  })

  it('of the version after the newest is refused, with the way out', () => {
    expect(() => identified(FSWP, 4)).toThrow(
      expect.objectContaining({
        message: 's.db: this store has version 4, but this finesweep reads versions up to 3',
        hint: "Update finesweep, or choose another file (store: 'FILE').",
      }),
    )
  })

  it('that is a store says so to other programs: FSWP at byte 68', () => {
    const file = newFile()
    openWriter(file).close()
    expect(readFileSync(file).subarray(68, 72).toString('latin1')).toBe('FSWP')
  })
})

it('each migration of one file is kept under the next free name', () => {
  const file = newFile()
  const db = new Database(file)
  const steps = ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']
  migrate(db, file, steps.slice(0, 1))
  const copies = [1, 2, 3].map(() => {
    const copy = migrate(db, file, steps)
    db.exec('DROP TABLE b; PRAGMA user_version = 1')
    return copy
  })
  expect(copies).toEqual(['', '-2', '-3'].map((suffix) => `${file}.version-1.bak${suffix}`))
  db.close()
})

it('a step that is a function runs in the transaction of the others', () => {
  const file = newFile()
  const db = new Database(file)
  const fail = (): never => {
    throw new Error('it failed')
  }
  expect(() => migrate(db, file, ['CREATE TABLE a (x)', fail])).toThrow('it failed')
  expect(identify(db, file)).toBe(0)
  expect(migrate(db, file, ['CREATE TABLE a (x)', (own) => own.exec('INSERT INTO a VALUES (7)')])).toBeNull()
  expect(db.prepare('SELECT x FROM a').pluck().all()).toEqual([7])
  db.close()
})

describe('a store of an older version', () => {
  const metrics = (store: StudyReader): unknown => {
    const found = store.evaluations(1).map((each) => each.metrics)
    store.close()
    return found
  }

  it.each([
    ['NULL', '0.5', { loss: Number.NaN, accuracy: 0.5 }],
    ['0.25', 'NULL', { loss: 0.25, accuracy: Number.NaN }],
    ['0', '0', { loss: 0, accuracy: 0 }],
    ['9e999', '-9e999', { loss: Infinity, accuracy: -Infinity }],
  ])('gives a loss of %s and an accuracy of %s, read or migrated', (loss, accuracy, expected) => {
    const file = copyOf(1, `UPDATE test_looks SET loss = ${loss}, accuracy = ${accuracy}`)
    expect(metrics(openReader(file))).toEqual([expected])
    expect(metrics(openWriter(file))).toEqual([expected])
    expect(metrics(openReader(file))).toEqual([expected])
  })

  it('is read without a file for the views', () => {
    for (const version of [1, 2]) {
      const db = openReadable(copyOf(version))
      // 2 is MEMORY.
      expect(db.pragma('temp_store', { simple: true })).toBe(2)
      db.close()
    }
  })

  it('has all checksums once it is migrated', () => {
    const db = openWritable(copyOf(1))
    for (const table of ['studies', 'stages', 'trials', 'evaluations']) {
      expect(db.prepare(`SELECT count(*) FROM ${table} WHERE checksum IS NULL`).pluck().get(), table).toBe(0)
    }
    const unmeasured = db
      .prepare('SELECT state FROM trials WHERE measured IS NULL ORDER BY state')
      .pluck()
      .all()
    expect(unmeasured).toEqual(['running', 'waiting'])
    closeWritable(db)
  })

  it.each(['evaluations', 'artifact_folders'])(
    'gets the one column of checksums that it lacks: not %s',
    (has) => {
      const file = copyOf(2, `ALTER TABLE ${has} ADD COLUMN checksum INTEGER`)
      const read = (store: StudyReader): unknown => {
        const found = [store.evaluations(1).length, store.artifactFolders(1).length, store.damage(1)]
        store.close()
        return found
      }
      expect(read(openReader(file))).toEqual([2, 1, []])
      expect(read(openWriter(file))).toEqual([2, 1, []])
      const db = new Database(file)
      for (const table of ['evaluations', 'artifact_folders'])
        db.prepare(`SELECT checksum FROM ${table}`).get()
      db.close()
    },
  )
})
