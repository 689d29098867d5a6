import Database from 'better-sqlite3'
import { type OptionToSet, UserError } from '../errors.ts'
import { DamagedRowError } from './checksum.ts'

/** What an error about the file is about: where a program or a command chooses it. */
export const STORE_OPTION: OptionToSet = { name: 'store', value: 'FILE' }

/** What each SQLite result code means to somebody who only wants to go on. The first prefix that fits is taken. */
const MEANINGS: readonly (readonly [prefix: string, message: string, hint: string, option?: OptionToSet])[] =
  [
    [
      'SQLITE_FULL',
      'the disk is full; everything committed so far is intact',
      'Free some space, then resume the study.',
    ],
    [
      'SQLITE_BUSY',
      'another process keeps the store locked',
      'Try again when it has finished; finesweep status shows which process runs a study.',
    ],
    ['SQLITE_LOCKED', 'the store is locked', 'Try again in a moment.'],
    [
      'SQLITE_READONLY',
      'the store is read-only, or its folder is',
      'Make both writable, or choose another file',
      STORE_OPTION,
    ],
    [
      'SQLITE_IOERR',
      'the disk reported an error; everything committed so far is intact',
      'Check the disk, then resume the study.',
    ],
    ['SQLITE_CORRUPT', 'the store is damaged', 'Check it with finesweep doctor, or restore a backup.'],
    [
      'SQLITE_NOTADB',
      'not a finesweep store: it is not an SQLite file, or it is damaged',
      'Choose another file',
      STORE_OPTION,
    ],
    [
      'SQLITE_CANTOPEN',
      'the store or the files next to it (-wal, -shm) cannot be opened',
      'Check the permissions of the file and its folder.',
    ],
    ['SQLITE_PERM', 'the store cannot be opened', 'Check the permissions of the file and its folder.'],
    ['SQLITE_TOOBIG', 'an artifact is larger than SQLite can hold (1 GB)', 'Keep smaller artifacts.'],
  ]

/** The same for what the file system says. */
const FILE_SYSTEM: Readonly<Record<string, string>> = {
  EACCES: 'no permission to access it or its folder',
  EPERM: 'no permission to access it or its folder',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exhausted',
  ENOTDIR: 'part of its path is a file, not a folder',
  EEXIST: 'part of its path is a file, not a folder',
  ENOENT: 'its folder does not exist and cannot be created',
  ELOOP: 'its path has a loop of symbolic links',
  ENAMETOOLONG: 'its path is too long',
}

/** What SQLite and JSON say of a file that is an SQLite file still, but not what a writer of ours has left. */
const NOT_AS_WRITTEN = /^(no such table|no such column|unsupported file format|malformed database schema)/

function damaged(file: string, reason: string, cause: unknown): UserError {
  return new UserError('store', `${file}: the store is damaged: ${reason}`, {
    hint: 'Check it with finesweep doctor, or restore a backup.',
    cause,
  })
}

/** Turns errors about the file into sentences; anything else is a fault of ours and stays as it is. */
export function toStoreError(file: string, error: unknown): unknown {
  if (error instanceof Database.SqliteError) {
    if (NOT_AS_WRITTEN.test(error.message)) return damaged(file, error.message, error)
    const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix))
    if (meaning === undefined) return error
    const [, message, hint, option] = meaning
    return new UserError('store', `${file}: ${message} (${error.code})`, { hint, option, cause: error })
  }
  if (error instanceof DamagedRowError) return damaged(file, error.message, error)
  if (error instanceof SyntaxError) return damaged(file, 'a record is not valid JSON', error)
  const { syscall, code } = error as NodeJS.ErrnoException
  if (!(error instanceof Error) || syscall === undefined || code === undefined) return error
  return new UserError('store', `${file}: ${FILE_SYSTEM[code] ?? `${syscall} failed`} (${code})`, {
    hint: 'Choose another file',
    option: STORE_OPTION,
    cause: error,
  })
}

/** Does `work` on the store at `file`, with its errors as sentences. */
export function onStore<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStoreError(file, error)
  }
}
