import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import { openReadable } from './connection.ts'
import { onStore, toStoreError } from './store-error.ts'

/** More pages than any store has: the copy is made in one step, of one moment, however busy the study is. */
const ALL_PAGES = 0x7fffffff

/**
 * Copies a store to a new file, also while a study runs. The copy is whole or not there; nobody holds a lease in it, so
 * a study that runs in the original can be resumed in it.
 *
 * @throws UserError('usage') if the target is there already, UserError('not-found') if the store is not.
 */
export async function backupStore(file: string, target: string): Promise<void> {
  const db = openReadable(file)
  const partial = `${target}.partial-${process.pid}`
  try {
    if (existsSync(target)) throw alreadyThere(target)
    if (!existsSync(dirname(target))) {
      throw new UserError('usage', `${target}: its folder does not exist`, { hint: 'Create it first.' })
    }
    await db.backup(partial, { progress: () => ALL_PAGES })
    makeSelfContained(partial)
    moveWithoutOverwriting(partial, target)
  } catch (error) {
    throw toStoreError(target, error)
  } finally {
    db.close()
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${partial}${suffix}`, { force: true })
  }
}

function makeSelfContained(file: string): void {
  const copy = new Database(file)
  try {
    copy.exec('DELETE FROM leases')
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

/** A link fails if the target is there, which a rename would replace; some file systems have no links. */
function moveWithoutOverwriting(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(to)) throw alreadyThere(to)
    onStore(to, () => renameSync(from, to))
  }
}

function alreadyThere(target: string): UserError {
  return new UserError('usage', `${target} already exists, and a backup never overwrites a file`, {
    hint: 'Choose another name.',
  })
}
