import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, vi } from 'vitest'
import { closeWritable, openReadable, openWritable, writeBack } from '../../src/store/connection.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { openDescriptors, withFileSystem } from './file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const pragma = (db: Database.Database, name: string): unknown => db.pragma(name, { simple: true })

function makeStore(file: string, trials = 1): void {
  const store = openWriter(file)
  const { id } = store.createStudy(newStudy())
  for (let number = 0; number < trials; number++) {
    store.startTrial(id, spec(number), 'a-host')
    store.finishTrial(id, number, outcome(number), false)
  }
  store.close()
}

/** Runs what takes no time unless it waits for others, who would not let it go on. */
function expectNoWait(db: Database.Database, run: () => void): void {
  db.pragma('busy_timeout = 40000')
  const began = performance.now()
  run()
  expect(performance.now() - began).toBeLessThan(20_000)
}

describe('a connection that writes', () => {
  it('loses nothing committed when its process dies, waits ten seconds for others, and checks references', () => {
    const db = openWritable(at('pragmas.db'))
    expect(pragma(db, 'journal_mode')).toBe('wal')
    // 1 is NORMAL: the WAL is synced before it is written back.
    expect(pragma(db, 'synchronous')).toBe(1)
    expect(pragma(db, 'foreign_keys')).toBe(1)
    expect(pragma(db, 'busy_timeout')).toBe(10_000)
    expect(() =>
      db.exec("INSERT INTO stages VALUES (1, 0, '', 0, 0, '', 0, '{}', NULL, NULL, NULL)"),
    ).toThrow('FOREIGN KEY')
    closeWritable(db)
  })

  it('lets its WAL grow to 4000 pages, and shrink to 64 MB after a long reader', () => {
    const db = openWritable(at('wal-size.db'))
    expect(pragma(db, 'wal_autocheckpoint')).toBe(4000)
    expect(pragma(db, 'journal_size_limit')).toBe(64 * 1024 * 1024)
    closeWritable(db)
  })

  it('has ten seconds again after it has written back', () => {
    const file = at('write-back.db')
    makeStore(file)
    const db = openWritable(file)
    db.exec("UPDATE studies SET comment = 'x'")
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
    writeBack(db)
    expect(statSync(`${file}-wal`).size).toBe(0)
    expect(pragma(db, 'busy_timeout')).toBe(10_000)
    closeWritable(db)
  })

  it('gives a reader in its way no time when it writes back, and leaves what it wrote in the WAL', () => {
    const file = at('in-the-way.db')
    makeStore(file)
    const db = openWritable(file)
    const reader = openReadable(file)
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM studies').get()
    db.exec("UPDATE studies SET comment = 'x'")
    expectNoWait(db, () => writeBack(db))
    reader.exec('COMMIT')
    expect(reader.prepare('SELECT comment FROM studies').pluck().get()).toBe('x')
    reader.close()
    closeWritable(db)
  })

  it('may be closed twice, and leaves the WAL to others that have the file open', () => {
    const file = at('twice.db')
    makeStore(file)
    const [first, second] = [openWritable(file), openWritable(file)]
    first.exec("UPDATE studies SET comment = 'x'")
    expectNoWait(first, () => closeWritable(first))
    closeWritable(first)
    expect(first.open).toBe(false)
    expect(existsSync(`${file}-wal`)).toBe(true)
    closeWritable(second)
    expect(existsSync(`${file}-wal`)).toBe(false)
    expect(readFileSync(file)[18]).toBe(1)
  })

  it.skipIf(openDescriptors('/') === null)('is closed again where the file is refused', () => {
    const file = at('text.db')
    writeFileSync(file, 'text'.repeat(1000))
    for (let i = 0; i < 3; i++) expect(() => openWritable(file)).toThrow('not an SQLite file')
    expect(openDescriptors(file)).toBe(0)
    expect(() => openReadable(file)).toThrow('not an SQLite file')
    expect(openDescriptors(file)).toBe(0)
  })
})

describe('a connection that reads', () => {
  it('cannot write, and leaves nothing open behind it', () => {
    const file = at('reading.db')
    makeStore(file)
    const reader = openReadable(file)
    expect(() => reader.exec("UPDATE studies SET comment = 'x'")).toThrow('readonly')
    expect(pragma(reader, 'busy_timeout')).toBe(10_000)
    reader.close()
    expect(openDescriptors(file) ?? 0).toBe(0)
  })
})

describe('the size of a file', () => {
  it('of less than 512 bytes says that it is no store, with its size', () => {
    for (const size of [1, 511]) {
      const file = at(`${size}.db`)
      writeFileSync(file, 'x'.repeat(size))
      for (const open of [openReadable, openWritable]) {
        expect(() => open(file)).toThrow(`${file}: not a finesweep store: it has only ${size} bytes`)
      }
    }
    const file = at('512.db')
    writeFileSync(file, 'x'.repeat(512))
    for (const open of [openReadable, openWritable]) expect(() => open(file)).toThrow('not an SQLite file')
  })

  it('of up to 256 MB has all of it checked before it is written to; doctor checks larger ones', () => {
    const good = at('good.db')
    makeStore(good, 40)
    const db = new Database(good)
    const page = db
      .prepare("SELECT max(rootpage) FROM sqlite_schema WHERE name = 'evaluations_of_study'")
      .pluck()
      .get() as number
    db.close()
    const file = at('large.db')
    copyFileSync(good, file)
    const bytes = readFileSync(file)
    bytes.fill(0xa5, (page - 1) * 4096, page * 4096)
    const open = (size: number): void => {
      writeFileSync(file, bytes)
      // What lies beyond the pages that the header counts does not belong to the database.
      truncateSync(file, size)
      closeWritable(openWritable(file))
    }
    const mb = 1024 * 1024
    expect(() => open(bytes.length)).toThrow('the store is damaged: ')
    expect(() => open(256 * mb)).toThrow('the store is damaged: ')
    expect(() => open(256 * mb + 1)).not.toThrow()
    rmSync(file)
  })
})

describe('the folder of a store', () => {
  it('is made with those above it, and taken as it is where it is a link to one', () => {
    closeWritable(openWritable(at('a/b/c/d.db')))
    mkdirSync(at('real'))
    symlinkSync(at('real'), at('link'))
    closeWritable(openWritable(at('link/e.db')))
    expect(existsSync(at('real/e.db'))).toBe(true)
  })

  it('cannot be where a file is', () => {
    writeFileSync(at('file'), '')
    expect(() => openWritable(at('file/x/y.db'))).toThrow(`${at('file/x/y.db')}: part of its path is a file`)
    expect(readFileSync(at('file'), 'utf8')).toBe('')
  })
})

describe('a store on a network file system', () => {
  const nfs = { statfsSync: (() => ({ type: 0x6969 })) as never }

  it('is refused to writers, and to readers while somebody writes to it', async () => {
    const file = at('network.db')
    makeStore(file)
    const told = `${file}: the file is on a network file system (NFS)`
    await withFileSystem(nfs, () => {
      openReadable(file).close()
      expect(() => openWritable(file)).toThrow(told)
      expect(() => openWritable(at('new.db'))).toThrow('network file system')
      expect(existsSync(at('new.db'))).toBe(false)
    })
    const writer = openWritable(file)
    await withFileSystem(nfs, () => expect(() => openReadable(file)).toThrow(told))
    openReadable(file).close()
    closeWritable(writer)
  })
})

describe('a switch to the WAL while others do the same', () => {
  /** Opens a store for writing; the first switches are answered with the given errors. */
  const openAfter = (codes: string[]): string => {
    const pragma = Database.prototype.pragma
    const spy = vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (
      this: Database.Database,
      sql,
      options,
    ) {
      const code = sql === 'journal_mode = WAL' ? codes.shift() : undefined
      if (code !== undefined) throw new Database.SqliteError('as SQLite says', code)
      return pragma.call(this, sql, options)
    })
    try {
      const db = openWritable(at('switching.db'))
      const mode = pragma.call(db, 'journal_mode', { simple: true }) as string
      closeWritable(db)
      return mode
    } catch (error) {
      return (error as Error).message
    } finally {
      spy.mockRestore()
    }
  }

  it('is tried again while SQLite says that it is busy', () => {
    expect(openAfter(['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_BUSY'])).toBe('wal')
  })

  it('is given up at once after any other error, and after ten seconds', () => {
    const others = ['SQLITE_IOERR', 'SQLITE_BUSY']
    expect(openAfter(others)).toContain('the disk reported an error')
    expect(others).toEqual(['SQLITE_BUSY'])
    const times = [0, 10_000, 10_001]
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 0)
    const busy = Array<string>(3).fill('SQLITE_BUSY')
    expect(openAfter(busy)).toContain('another process keeps the store locked')
    clock.mockRestore()
    expect(busy).toHaveLength(1)
  })
})
