import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

function makeStore(file: string, trials = 3): void {
  const store = openWriter(file)
  const { id } = store.createStudy(newStudy())
  store.addStage(id, stage())
  for (let number = 0; number < trials; number++) {
    store.startTrial(id, spec(number), 'a-host')
    store.finishTrial(id, number, outcome(number), false)
  }
  store.close()
}

/** What a call throws, which must be a UserError. */
function refusal(call: () => unknown): UserError {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return error as UserError
  }
  throw new Error('Nothing was thrown.')
}

describe('opening a store', () => {
  it('to read one that is not there says so, with the way out, and makes nothing', () => {
    for (const file of [at('none.db'), at('nowhere/none.db')]) {
      expect(refusal(() => openReader(file))).toMatchObject({
        code: 'not-found',
        message: `No store at ${file}`,
        hint: 'Run a study first: finesweep run FILE.yaml',
      })
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('to write one where the system takes no folders says so at once', () => {
    // In /proc a folder cannot be made although its parent is there; elsewhere a file stands in the way.
    const inTheWay = at('a-file')
    writeFileSync(inTheWay, '')
    const files = [join(inTheWay, 'x', 's.db'), ...(existsSync('/proc/self') ? ['/proc/x/y/s.db'] : [])]
    for (const file of files) expect(refusal(() => openWriter(file)).code).toBe('store')
  })

  it('that a writer was killed in the middle of takes back what it had begun, for readers too', () => {
    const file = at('interrupted.db')
    const copy = at('killed.db')
    makeStore(file)
    const writer = new Database(file)
    // With so small a cache the pages of an unfinished transaction go into the file, and what they were to a journal.
    writer.pragma('cache_size = 1')
    writer.exec('BEGIN; UPDATE trials SET host = hex(randomblob(20000))')
    copyFileSync(file, copy)
    copyFileSync(`${file}-journal`, `${copy}-journal`)
    writer.exec('ROLLBACK')
    writer.close()
    expect(readFileSync(copy)).not.toEqual(readFileSync(file))
    const reader = openReader(copy)
    expect(reader.trials(1).map(({ host }) => host)).toEqual(['a-host', 'a-host', 'a-host'])
    reader.close()
    expect(readFileSync(copy)).toEqual(readFileSync(file))
  })

  it('to write makes the file and its folder', () => {
    const file = at('deep/er/new.db')
    openWriter(file).close()
    expect(openReader(file).studies()).toEqual([])
  })

  it('leaves a single file when its last writer closes, and none beside it when a reader does', () => {
    const file = at('alone/studies.db')
    makeStore(file)
    expect(readdirSync(at('alone'))).toEqual(['studies.db'])
    const bytes = readFileSync(file)
    const reader = openReader(file)
    expect(reader.countTrials(1).complete).toBe(3)
    reader.close()
    expect(readdirSync(at('alone'))).toEqual(['studies.db'])
    expect(readFileSync(file)).toEqual(bytes)
  })

  it('is in WAL mode while a writer is there, and readers that stay see what is written after', () => {
    const file = at('wal.db')
    makeStore(file)
    const early = openReader(file)
    expect(early.countTrials(1).complete).toBe(3)
    const store = openWriter(file)
    store.acquireLease(1)
    store.startTrial(1, spec(3), 'a-host')
    store.finishTrial(1, 3, outcome(3), false)
    store.flush()
    expect(readdirSync(folder)).toContain('wal.db-wal')
    expect(early.countTrials(1).complete).toBe(4)
    store.close()
    early.close()
    openWriter(file).close()
    expect(readdirSync(folder)).not.toContain('wal.db-wal')
  })

  it('refuses folders, devices and paths that cannot be', () => {
    mkdirSync(at('folder.db'))
    writeFileSync(at('plain'), '')
    expect(refusal(() => openReader(at('plain/x.db'))).code).toBe('not-found')
    const cases = [
      [at('folder.db'), 'it is a folder, not a file'],
      ['/dev/null', 'it is a device, not a file'],
      [at('plain/x.db'), 'part of its path is a file, not a folder'],
      [at(`${'x'.repeat(300)}.db`), 'its path is too long'],
    ] as const
    for (const [file, message] of cases) {
      for (const open of [openReader, openWriter]) {
        if (open === openReader && file.startsWith(at('plain/'))) continue
        const error = refusal(() => open(file))
        expect([error.code, error.message]).toEqual(['store', expect.stringContaining(`${file}: ${message}`)])
      }
    }
  })

  it('refuses names that SQLite would take for something else', () => {
    for (const open of [openReader, openWriter]) {
      for (const name of ['', ' ', `${at('space.db')} `]) {
        expect(refusal(() => open(name)).message).toContain(`"${name}": the path of a store`)
      }
      expect(refusal(() => openReader(':memory:')).code).toBe('not-found')
    }
  })

  it('refuses files that are no SQLite files, and leaves them alone', () => {
    const contents = { text: 'name: quickstart\n'.repeat(100), zeros: '\0'.repeat(8192), short: 'SQLite' }
    for (const [name, content] of Object.entries(contents)) {
      const file = at(name)
      writeFileSync(file, content)
      for (const open of [openReader, openWriter]) {
        expect(refusal(() => open(file))).toMatchObject({ code: 'store' })
      }
      expect(readFileSync(file, 'latin1')).toBe(content)
    }
  })

  it('refuses an SQLite file of another program', () => {
    const file = at('foreign.db')
    const db = new Database(file)
    db.exec('CREATE TABLE trials (x)')
    db.close()
    const bytes = readFileSync(file)
    for (const open of [openReader, openWriter]) {
      expect(refusal(() => open(file)).message).toContain('this SQLite file is not a finesweep store')
    }
    expect(readFileSync(file)).toEqual(bytes)
  })

  it('refuses a store that a newer version has written', () => {
    const file = at('newer.db')
    makeStore(file)
    const db = new Database(file)
    db.pragma('user_version = 1000')
    db.close()
    for (const open of [openReader, openWriter]) {
      const error = refusal(() => open(file))
      expect(error.message).toMatch(
        /newer\.db: this store has version 1000, but this finesweep reads versions up to/,
      )
      expect(error.hint).toContain('Update finesweep')
    }
  })

  it('refuses a store that is not as it was written, and leaves it alone to the byte', () => {
    const damage = {
      'a version below the first': 'PRAGMA user_version = -1',
      'no version': 'PRAGMA user_version = 0',
      'no table of leases': 'DROP TABLE leases',
      'no column of params': 'ALTER TABLE trials RENAME COLUMN params TO parameters',
    }
    for (const [name, sql] of Object.entries(damage)) {
      const file = at(`${name}.db`)
      makeStore(file)
      const db = new Database(file)
      db.exec(sql)
      db.close()
      const bytes = readFileSync(file)
      expect(refusal(() => openWriter(file)).message, name).toContain('the store is damaged')
      expect(readFileSync(file).equals(bytes), name).toBe(true)
    }
  })

  it('says which store has a record that is not valid JSON', () => {
    const file = at('no-json.db')
    makeStore(file)
    const db = new Database(file)
    db.exec("UPDATE trials SET params = '{', checksum = NULL")
    db.close()
    const reader = openReader(file)
    expect(refusal(() => reader.trials(1))).toMatchObject({
      code: 'store',
      message: `${file}: the store is damaged: a record is not valid JSON`,
    })
    reader.close()
  })

  it('refuses a file too short to be one, which SQLite takes for an empty one', () => {
    const file = at('byte.db')
    writeFileSync(file, 'S')
    for (const open of [openReader, openWriter]) expect(refusal(() => open(file)).code).toBe('store')
    expect(readFileSync(file, 'utf8')).toBe('S')
  })

  it('takes an empty file for a store yet to be written', () => {
    const file = at('empty.db')
    writeFileSync(file, '')
    expect(refusal(() => openReader(file)).code).toBe('not-found')
    openWriter(file).close()
    expect(openReader(file).studies()).toEqual([])
  })

  it('refuses to write to a store that is truncated or overwritten anywhere, and reads never end in a stack', () => {
    const good = at('good.db')
    makeStore(good, 40)
    const size = statSync(good).size
    const pages = size / 4096
    for (let page = 0; page < pages; page++) {
      const file = at('damaged.db')
      copyFileSync(good, file)
      const bytes = readFileSync(file)
      bytes.fill(0xa5, page * 4096, page * 4096 + 600)
      writeFileSync(file, bytes)
      expect(
        refusal(() => openWriter(file)),
        `page ${page} overwritten`,
      ).toMatchObject({ code: 'store' })
      expect(readFileSync(file).equals(bytes), `page ${page} overwritten`).toBe(true)
      expectSentenceOrNothing(file)
    }
    for (let left = size - 4096; left > 0; left -= 4096) {
      const file = at('truncated.db')
      copyFileSync(good, file)
      truncateSync(file, left)
      expect(
        refusal(() => openWriter(file)),
        `${left} bytes left`,
      ).toMatchObject({ code: 'store' })
      expectSentenceOrNothing(file)
    }
  })
})

function expectSentenceOrNothing(file: string): void {
  try {
    const reader = openReader(file)
    try {
      for (const { id } of reader.studies()) {
        reader.trials(id)
        reader.bestTrials(id, 3)
        reader.countTrials(id)
        for (const _ of reader.allMeasurements(id));
      }
    } finally {
      reader.close()
    }
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
  }
}
