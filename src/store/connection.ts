import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import { refuseNetworkFileSystem } from './network-file-system.ts'
import { checkTables, complete, identify, MIGRATIONS, migrate, viewAsNewest } from './schema.ts'
import { onStore, STORE_OPTION } from './store-error.ts'

/** How long one process waits for another's transaction. They take milliseconds; a slow disk may need more. */
const BUSY_TIMEOUT_MS = 10_000

/** Up to this size the whole file is checked each time it is opened for writing, at 3 ms a megabyte; beyond, by doctor. */
const QUICK_CHECK_BYTES = 256 * 2 ** 20

/** No SQLite file that holds anything is shorter. */
const SMALLEST_PAGE_BYTES = 512

/**
 * Opens a store for writing: makes it if need be, with its folder, and brings an old one up to date. While a writer
 * is there the file is in WAL mode, so that readers never wait.
 */
export function openWritable(file: string): Database.Database {
  const exists = checkFile(file)
  onStore(file, () => {
    makeFolder(dirname(resolve(file)))
    // SQLite would open what it may not write to for reading, and fail much later.
    accessSync(dirname(file), constants.W_OK)
    if (exists) accessSync(file, constants.W_OK)
  })
  refuseNetworkFileSystem(file)
  return opened(
    file,
    () => new Database(resolve(file), { timeout: BUSY_TIMEOUT_MS }),
    (db) => {
      const version = identify(db, file)
      // Before anything is written, the mode included: what is refused stays as it was, to the byte.
      checkIntegrity(db, file)
      if (version === MIGRATIONS.length) checkTables(db)
      enterWalMode(db)
      db.pragma('synchronous = NORMAL')
      // Pages: 16 MB. Each write-back waits for the disk, and pages of an index are written over and over.
      db.pragma('wal_autocheckpoint = 4000')
      // A long reader lets the WAL grow; once it is gone the file shrinks back to this.
      db.pragma('journal_size_limit = 67108864')
      db.pragma('foreign_keys = OFF')
      migrate(db, file)
      complete(db)
      db.pragma('foreign_keys = ON')
    },
  )
}

/** With every folder above it. Node's own recursive form never returns where the system takes no new folders, as in /proc. */
function makeFolder(folder: string): void {
  const isFolder = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder()) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder()) throw error
  }
}

/**
 * Opens a store for reading; never makes or changes one, but for taking back what a killed writer left half written.
 *
 * @throws UserError('not-found') if there is none.
 */
export function openReadable(file: string): Database.Database {
  if (!checkFile(file)) throw noStore(file)
  // At rest it is a file like any other; while somebody writes, readers share memory with the writer.
  if (existsSync(`${file}-wal`)) refuseNetworkFileSystem(file)
  const open = (): Database.Database =>
    needsPrivateCopy(file)
      ? openCopyInMemory(file)
      : new Database(resolve(file), { readonly: true, timeout: BUSY_TIMEOUT_MS })
  const read = (): Database.Database =>
    opened(file, open, (db) => {
      const version = identify(db, file)
      if (version === 0) throw noStore(file)
      viewAsNewest(db, version)
    })
  try {
    return read()
  } catch (error) {
    if (!isHalfWritten(error)) throw error
    rollBack(file)
    return read()
  }
}

/** Whether a writer was killed while it wrote without a WAL, as when it makes a store or leaves one. */
function isHalfWritten(error: unknown): boolean {
  const cause = error instanceof UserError ? error.cause : null
  return cause instanceof Database.SqliteError && cause.code === 'SQLITE_READONLY_ROLLBACK'
}

/** Takes back what a killed writer had begun: SQLite does so when it may write, and refuses to read when it may not. */
function rollBack(file: string): void {
  onStore(file, () => {
    const db = new Database(resolve(file), { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    try {
      db.prepare('SELECT 1 FROM sqlite_schema').get()
    } finally {
      db.close()
    }
  })
}

/**
 * Moves what the WAL holds into the file, as far as nobody else is in its way, so that the file alone has everything
 * even while a reader keeps it open. Whatever hinders it is ignored: the data are as safe in the WAL.
 */
export function writeBack(db: Database.Database): void {
  try {
    db.pragma('busy_timeout = 0')
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/**
 * Closes a store; its last writer leaves a single file without -wal and -shm beside it, which can be copied, and read
 * from a folder that nobody may write to.
 */
export function closeWritable(db: Database.Database): void {
  if (!db.open) return
  try {
    // Fails if somebody else has it open: then it stays as it is, which is as safe.
    db.pragma('busy_timeout = 0')
    db.pragma('journal_mode = DELETE')
  } catch {
  } finally {
    db.close()
  }
}

/**
 * SQLite does not wait when two processes switch a file to WAL at once, or while a reader is in the middle of it:
 * it says at once that it is busy. So it is asked again.
 */
function enterWalMode(db: Database.Database): void {
  const end = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      db.pragma('journal_mode = WAL')
      return
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
      if (!busy || performance.now() > end) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

function opened(
  file: string,
  open: () => Database.Database,
  prepare: (db: Database.Database) => void,
): Database.Database {
  return onStore(file, () => {
    const db = open()
    try {
      prepare(db)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

function noStore(file: string): UserError {
  return new UserError('not-found', `No store at ${file}`, {
    hint: 'Run a study first: finesweep run FILE.yaml',
  })
}

/** Whether the file is there; throws for what can never be a store. */
function checkFile(file: string): boolean {
  // SQLite's binding trims names, and takes an empty one for a database in memory.
  if (file === '' || file !== file.trim()) {
    throw new UserError(
      'store',
      `"${file}": the path of a store must not be empty, or begin or end with a space`,
      {
        hint: 'Choose another file',
        option: STORE_OPTION,
      },
    )
  }
  const stat = onStore(file, () => statSync(file, { throwIfNoEntry: false }))
  if (stat === undefined) return false
  if (stat.isFile()) {
    // SQLite would take a single byte for an empty file, and write over it.
    if (stat.size === 0 || stat.size >= SMALLEST_PAGE_BYTES) return true
    throw new UserError('store', `${file}: not a finesweep store: it has only ${stat.size} bytes`, {
      hint: 'Choose another file',
      option: STORE_OPTION,
    })
  }
  const kind = stat.isDirectory() ? 'folder' : 'device'
  throw new UserError('store', `${file}: it is a ${kind}, not a file`, {
    hint: 'Choose another file',
    option: STORE_OPTION,
  })
}

function checkIntegrity(db: Database.Database, file: string): void {
  if (statSync(file).size > QUICK_CHECK_BYTES) return
  const found = db.pragma('quick_check(1)', { simple: true }) as string
  if (found === 'ok') return
  throw new UserError('store', `${file}: the store is damaged: ${found.replaceAll('\n', ' ')}`, {
    hint: 'Check it with finesweep doctor, or restore a backup.',
  })
}

/**
 * A file that was left in WAL mode but without its -wal (copied while a study ran, say) can only be read by SQLite
 * where it can make the files beside it. Nobody has it open, so its bytes are read instead.
 */
function needsPrivateCopy(file: string): boolean {
  if (existsSync(`${file}-wal`) || !isInWalMode(file)) return false
  try {
    accessSync(dirname(file), constants.W_OK)
    return false
  } catch {
    return true
  }
}

/** Bytes 18 and 19 of an SQLite file: 2 for WAL, 1 for a rollback journal. */
const MODE_AT = 18

function isInWalMode(file: string): boolean {
  const header = Buffer.alloc(MODE_AT + 1)
  const handle = openSync(file, 'r')
  try {
    // What a shorter file has not stays 0.
    readSync(handle, header)
    return header[MODE_AT] === 2
  } finally {
    closeSync(handle)
  }
}

function openCopyInMemory(file: string): Database.Database {
  const bytes = readFileSync(file)
  // A database in memory can't be in WAL mode.
  bytes.fill(1, MODE_AT, MODE_AT + 2)
  return new Database(bytes, { readonly: true })
}
