import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, TRIAL_COLUMNS } from './rows.ts'
import { VERSION_1 } from './schema-1.ts'
import { completeVersion2, toVersion2, viewAsCompleteVersion2, viewAsVersion2 } from './schema-2.ts'
import { STORE_OPTION } from './store-error.ts'

/** "FSWP": identifies a store among SQLite files. */
export const APPLICATION_ID = 0x46535750

/** A step from one version to the next: SQL, or a function that runs in the migration's transaction. */
export type Migration = string | ((db: Database.Database) => void)

/** The steps; a store's version is how many of them it has behind it. */
export const MIGRATIONS: readonly Migration[] = [VERSION_1, toVersion2]

/** Lets a reader's connection see a store of an older version as one of the newest. */
export function viewAsNewest(db: Database.Database, version: number): void {
  if (version === 1) viewAsVersion2(db)
  else viewAsCompleteVersion2(db)
}

/** Gives a store of the newest version the columns that it has got since that version began. */
export function complete(db: Database.Database): void {
  completeVersion2(db)
}

/** Refuses files that are not stores, and stores written by a newer finesweep. Returns its version, 0 for an empty file. */
export function identify(db: Database.Database, file: string, newest: number = MIGRATIONS.length): number {
  // In one transaction, because another process may be making the store between one reading and the next.
  const { id, version, isEmpty } = db.transaction(() => ({
    id: db.pragma('application_id', { simple: true }) as number,
    version: db.pragma('user_version', { simple: true }) as number,
    isEmpty: db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined,
  }))()
  if (id === 0 && version === 0 && isEmpty) return 0
  if (id !== APPLICATION_ID) {
    throw new UserError('store', `${file}: this SQLite file is not a finesweep store`, {
      hint: 'Choose another file',
      option: STORE_OPTION,
    })
  }
  if (version > newest) {
    throw new UserError(
      'store',
      `${file}: this store has version ${version}, but this finesweep reads versions up to ${newest}`,
      { hint: 'Update finesweep, or choose another file', option: STORE_OPTION },
    )
  }
  if (version < 1) {
    throw new UserError('store', `${file}: the store is damaged: its version is ${version}`, {
      hint: 'Restore a backup, or choose another file',
      option: STORE_OPTION,
    })
  }
  return version
}

/** Everything that is read and written somewhere, but for columns that `complete` adds. */
const READ = [
  `${STUDY_COLUMNS} FROM studies`,
  `study, ${STAGE_COLUMNS} FROM stages`,
  `study, ${TRIAL_COLUMNS} FROM trials`,
  'study, trial, step, value, metrics, seconds FROM measurements',
  'study, trial, bytes, checksum FROM artifacts',
  'study, trial, folder FROM artifact_folders',
  'id, study, trial, at, part, examples, metrics, confusion FROM evaluations',
  'study, token, host, pid, process, since, heartbeat_at FROM leases',
]

/** Throws SQLite's own error if the newest schema has a table or column that the file has not. */
export function checkTables(db: Database.Database): void {
  for (const columns of READ) db.prepare(`SELECT ${columns}`)
}

/**
 * Brings the store to the newest version, all steps in one transaction, after copying an older store to
 * `FILE.version-N.bak`. Safe to be run by several processes at once. Foreign keys must be off: tables are rebuilt.
 *
 * @returns where the copy is; null if nothing was there to be copied.
 */
export function migrate(
  db: Database.Database,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
): string | null {
  const before = identify(db, file, migrations.length)
  if (before === migrations.length) return null
  const copy = before === 0 ? null : copyBeside(db, file, before)
  db.transaction(() => {
    // Read again under the lock: another process may have been quicker.
    const version = identify(db, file, migrations.length)
    for (const step of migrations.slice(version)) {
      if (typeof step === 'string') db.exec(step)
      else step(db)
    }
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${migrations.length}`)
  }).immediate()
  return copy
}

function copyBeside(db: Database.Database, file: string, version: number): string {
  const base = `${file}.version-${version}.bak`
  let copy = base
  for (let k = 2; existsSync(copy); k++) copy = `${base}-${k}`
  db.prepare('VACUUM INTO ?').run(copy)
  return copy
}
