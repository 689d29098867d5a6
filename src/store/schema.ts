import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, TRIAL_COLUMNS } from './rows.ts'

/** "FSWP": tells a store from any other SQLite file. */
export const APPLICATION_ID = 0x46535750

/**
 * Version 1. Numbers that must come back to the last bit are in ANY columns: SQLite would turn a -0 in a REAL column
 * into 0. It turns NaN into NULL everywhere; where a number must be there, NULL means NaN.
 *
 * `trials.value` is NULL unless the trial is complete or pruned. Trials and measurements lie in order of number and
 * step, so a study is read from its beginning to its end without a jump. One index serves both the ranking, in both
 * directions, and the counts.
 */
const VERSION_1 = `
CREATE TABLE studies (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  seed           INTEGER NOT NULL,
  direction      TEXT NOT NULL CHECK (direction IN ('minimize', 'maximize')),
  metric         TEXT NOT NULL,
  lag            INTEGER NOT NULL,
  experiment     TEXT NOT NULL,              -- JSON: the whole resolved study file
  data_hash      TEXT,
  objective_hash TEXT NOT NULL,
  space_hash     TEXT NOT NULL,
  code_version   TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('running', 'complete', 'stopped', 'failed')),
  end_reason     TEXT,
  created_at     REAL NOT NULL,              -- all times in milliseconds since the epoch
  finished_at    REAL,
  notes          TEXT NOT NULL               -- JSON: an array of sentences
) STRICT;

CREATE TABLE stages (
  study       INTEGER NOT NULL REFERENCES studies (id),
  stage       INTEGER NOT NULL,              -- from 0
  name        TEXT NOT NULL,
  trials      INTEGER NOT NULL,
  epochs      INTEGER NOT NULL,
  sampler     TEXT NOT NULL,
  first_trial INTEGER NOT NULL,
  space       TEXT NOT NULL,                 -- JSON: where this stage draws
  narrowing   TEXT,                          -- JSON: the decision that led there
  PRIMARY KEY (study, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE trials (
  study         INTEGER NOT NULL REFERENCES studies (id),
  number        INTEGER NOT NULL,            -- from 0 in its study
  stage         INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'diverged', 'failed')),
  value         ANY,
  params        TEXT NOT NULL,               -- JSON
  seed          INTEGER NOT NULL,
  budget_epochs INTEGER NOT NULL,
  continues     INTEGER,
  epochs        INTEGER NOT NULL,            -- how many it ran
  metrics       TEXT NOT NULL,               -- JSON: of the last measurement
  error_code    TEXT,
  error_message TEXT,
  error_stack   TEXT,
  attempts      INTEGER NOT NULL,
  arithmetic    TEXT,
  host          TEXT,
  started_at    REAL,
  duration_ms   REAL,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX trials_ranked ON trials (study, state, value, stage);

CREATE TABLE measurements (
  study   INTEGER NOT NULL,
  trial   INTEGER NOT NULL,
  step    INTEGER NOT NULL,
  value   ANY,
  metrics TEXT NOT NULL,                     -- JSON
  seconds REAL NOT NULL,                     -- of wall clock since the trial began
  PRIMARY KEY (study, trial, step),
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (study, trial),
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT;

CREATE TABLE test_looks (
  id       INTEGER PRIMARY KEY,
  study    INTEGER NOT NULL,
  trial    INTEGER NOT NULL,
  at       REAL NOT NULL,
  loss     ANY,
  accuracy ANY,
  examples INTEGER NOT NULL,
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT;
CREATE INDEX test_looks_of_study ON test_looks (study);

CREATE TABLE leases (
  study        INTEGER PRIMARY KEY REFERENCES studies (id),
  token        TEXT NOT NULL,                -- one for each writer
  host         TEXT NOT NULL,
  pid          INTEGER NOT NULL,
  process      TEXT,                         -- tells the process from a later one with the same pid
  since        REAL NOT NULL,
  heartbeat_at REAL NOT NULL
) STRICT;
`

/** The step from each version to the next, as SQL; a store's version is how many of them it has behind it. */
export const MIGRATIONS: readonly string[] = [VERSION_1]

/** Refuses what is no store, and a store that a newer finesweep has written. Returns its version, 0 for an empty file. */
export function identify(db: Database.Database, file: string, newest: number = MIGRATIONS.length): number {
  // In one transaction, because another process may be making the store between one reading and the next.
  const { id, version, isEmpty } = db.transaction(() => ({
    id: db.pragma('application_id', { simple: true }) as number,
    version: db.pragma('user_version', { simple: true }) as number,
    isEmpty: db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined,
  }))()
  if (id === 0 && version === 0 && isEmpty) return 0
  if (id !== APPLICATION_ID) {
    throw new UserError('store', `${file}: this SQLite file is no finesweep store`, {
      hint: 'Choose another file with --db.',
    })
  }
  if (version > newest) {
    throw new UserError(
      'store',
      `${file}: this store has version ${version}, and this finesweep knows versions up to ${newest}`,
      { hint: 'Update finesweep, or choose another file with --db.' },
    )
  }
  if (version < 1) {
    throw new UserError('store', `${file}: the store is damaged: its version is ${version}`, {
      hint: 'Go back to a backup, or choose another file with --db.',
    })
  }
  return version
}

/** Everything that is read and written somewhere. */
const READ = [
  `${STUDY_COLUMNS} FROM studies`,
  `study, ${STAGE_COLUMNS} FROM stages`,
  `study, ${TRIAL_COLUMNS} FROM trials`,
  'study, trial, step, value, metrics, seconds FROM measurements',
  'study, trial, bytes FROM artifacts',
  'id, study, trial, at, loss, accuracy, examples FROM test_looks',
  'study, token, host, pid, process, since, heartbeat_at FROM leases',
]

/** Throws SQLite's own error if the newest schema has a table or column that the file has not. */
export function checkTables(db: Database.Database): void {
  for (const columns of READ) db.prepare(`SELECT ${columns}`)
}

/**
 * Brings the store to the newest version, all steps in one transaction, after copying an older store to
 * `FILE.version-N.bak`. Safe to be run by several processes at once.
 *
 * @returns where the copy is; null if nothing was there to be copied.
 */
export function migrate(
  db: Database.Database,
  file: string,
  migrations: readonly string[] = MIGRATIONS,
): string | null {
  const before = identify(db, file, migrations.length)
  if (before === migrations.length) return null
  const copy = before === 0 ? null : copyBeside(db, file, before)
  db.transaction(() => {
    // Read again under the lock: another process may have been quicker.
    const version = identify(db, file, migrations.length)
    for (const step of migrations.slice(version)) db.exec(step)
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
