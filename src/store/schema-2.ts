import type Database from 'better-sqlite3'
import { ALL_STATES } from '../trial.ts'
import { encodeJson } from './exact-json.ts'
import { EVALUATION_COLUMNS } from './kept-rows.ts'
import { TRIAL_COLUMNS } from './rows.ts'
import { sealRows } from './seal.ts'

const STATES = ALL_STATES.map((state) => `'${state}'`).join(', ')

/** Columns that version 2 adds, with what they hold in a store of version 1. */
const ADDED_TO_STUDIES = `NULL AS tie, NULL AS origin, NULL AS comment, '[]' AS tags, NULL AS checksum`
const ADDED_TO_STAGES = 'NULL AS rungs, NULL AS checksum'
const ADDED_TO_TRIALS = 'NULL AS tie, NULL AS slot, NULL AS origin, NULL AS measured, NULL AS checksum'
const EVALUATIONS_OF_1 = `SELECT id, study, trial, at, 'test' AS part, examples,
  exact_metrics(loss, accuracy) AS metrics, NULL AS confusion, NULL AS checksum FROM main.test_looks`

/**
 * Version 2: a trial's tie, slot and origin, a stage's rungs, tags and comments of studies, the folders that trials
 * keep, evaluations of kept networks with any metrics (before: the loss and accuracy on the test part), and checksums.
 *
 * A checksum is a CRC-32 over the row's other cells; `trials.measured` is that of the trial's measurements. The table
 * of trials is rebuilt, because SQLite can't change its CHECK. Its index serves the ranking in both directions, stage
 * by stage, the counts and the totals, none of which has to read the rows themselves.
 */
const TABLES = `
ALTER TABLE studies ADD COLUMN tie TEXT;                            -- JSON: the metric that ranks equal values
ALTER TABLE studies ADD COLUMN origin TEXT;                         -- where an imported study comes from
ALTER TABLE studies ADD COLUMN comment TEXT;
ALTER TABLE studies ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';     -- JSON: an array of words
ALTER TABLE studies ADD COLUMN checksum INTEGER;
ALTER TABLE stages ADD COLUMN rungs TEXT;                           -- JSON: where trials are compared and pruned
ALTER TABLE stages ADD COLUMN checksum INTEGER;
ALTER TABLE artifacts ADD COLUMN checksum INTEGER;

CREATE TABLE trials_2 (
  study         INTEGER NOT NULL REFERENCES studies (id),
  number        INTEGER NOT NULL,            -- from 0 in its study
  stage         INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN (${STATES})),
  value         ANY,
  tie           ANY,                         -- ranks equal values, lower is better
  params        TEXT NOT NULL,               -- JSON
  seed          INTEGER NOT NULL,
  budget_epochs INTEGER NOT NULL,
  continues     INTEGER,
  epochs        INTEGER NOT NULL,            -- how many it ran
  metrics       TEXT NOT NULL,               -- JSON: of the epoch that the value is of
  error_code    TEXT,
  error_message TEXT,
  error_stack   TEXT,
  attempts      INTEGER NOT NULL,
  arithmetic    TEXT,
  host          TEXT,
  slot          INTEGER,
  origin        TEXT,                        -- where an imported trial comes from
  started_at    REAL,
  duration_ms   REAL,
  measured      INTEGER,                     -- checksum of its measurements once it has finished
  checksum      INTEGER,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;
INSERT INTO trials_2 (study, ${TRIAL_COLUMNS})
  SELECT study, ${TRIAL_COLUMNS} FROM (SELECT *, ${ADDED_TO_TRIALS} FROM trials);
DROP TABLE trials;
ALTER TABLE trials_2 RENAME TO trials;
CREATE INDEX trials_ranked ON trials (study, stage, state, value, epochs, duration_ms, started_at);

CREATE TABLE evaluations (
  id        INTEGER PRIMARY KEY,
  study     INTEGER NOT NULL,
  trial     INTEGER NOT NULL,
  at        REAL NOT NULL,
  part      TEXT NOT NULL,                   -- of the data: test, valid, or the name of a file
  examples  INTEGER NOT NULL,
  metrics   TEXT NOT NULL,                   -- JSON
  confusion TEXT,                            -- JSON: rows are true classes, columns predicted ones
  checksum  INTEGER,
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT;
CREATE INDEX evaluations_of_study ON evaluations (study);
INSERT INTO evaluations (id, study, ${EVALUATION_COLUMNS}) ${EVALUATIONS_OF_1};
DROP TABLE test_looks;

CREATE TABLE artifact_folders (
  study  INTEGER NOT NULL,
  trial  INTEGER NOT NULL,
  folder TEXT NOT NULL,                      -- relative to the store's folder, with slashes
  checksum INTEGER,
  PRIMARY KEY (study, trial),
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT, WITHOUT ROWID;
`

/** Brings a store of version 1 to version 2. Foreign keys must be off. */
export function toVersion2(db: Database.Database): void {
  defineExactMetrics(db)
  db.exec(TABLES)
  for (const table of ['studies', 'stages', 'trials', 'evaluations'] as const) sealRows(db, table)
}

/**
 * Lets a connection read a store of version 1 as if it had version 2, by views that hide its tables; the file is not
 * written to.
 */
export function viewAsVersion2(db: Database.Database): void {
  defineExactMetrics(db)
  db.pragma('temp_store = MEMORY')
  db.exec(`
    CREATE TEMP VIEW studies AS SELECT *, ${ADDED_TO_STUDIES} FROM main.studies;
    CREATE TEMP VIEW stages AS SELECT *, ${ADDED_TO_STAGES} FROM main.stages;
    CREATE TEMP VIEW trials AS SELECT *, ${ADDED_TO_TRIALS} FROM main.trials;
    CREATE TEMP VIEW artifacts AS SELECT *, NULL AS checksum FROM main.artifacts;
    CREATE TEMP VIEW evaluations AS ${EVALUATIONS_OF_1};
    CREATE TEMP VIEW artifact_folders AS SELECT NULL AS study, NULL AS trial, NULL AS folder, NULL AS checksum WHERE false;
  `)
}

/** Tables of version 2 that have had no checksum at first, with their columns then. */
const WITHOUT_CHECKSUM = {
  evaluations: 'id, study, trial, at, part, examples, metrics, confusion',
  artifact_folders: 'study, trial, folder',
} as const

type Late = keyof typeof WITHOUT_CHECKSUM

/**
 * Gives the tables that an early store of version 2 has without checksums the column, and their rows checksums. It
 * stays at version 2: programs that do not know the column neither read nor write it.
 */
export function completeVersion2(db: Database.Database): void {
  if (lacking(db).length === 0) return
  db.transaction(() => {
    // Read again under the lock: another process may have been quicker.
    for (const table of lacking(db)) {
      db.exec(`ALTER TABLE ${table} ADD COLUMN checksum INTEGER`)
      sealRows(db, table)
    }
  }).immediate()
}

/** Lets a connection read an early store of version 2 as if it had all columns; the file is not written to. */
export function viewAsCompleteVersion2(db: Database.Database): void {
  const late = lacking(db)
  if (late.length > 0) db.pragma('temp_store = MEMORY')
  for (const table of late) {
    const columns = WITHOUT_CHECKSUM[table]
    db.exec(`CREATE TEMP VIEW ${table} AS SELECT ${columns}, NULL AS checksum FROM main.${table}`)
  }
}

function lacking(db: Database.Database): Late[] {
  const hasChecksum = db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = 'checksum'")
  return (Object.keys(WITHOUT_CHECKSUM) as Late[]).filter((table) => hasChecksum.get(table) === undefined)
}

function defineExactMetrics(db: Database.Database): void {
  db.function('exact_metrics', (loss: unknown, accuracy: unknown) =>
    encodeJson({ loss: loss ?? Number.NaN, accuracy: accuracy ?? Number.NaN }),
  )
}
