/**
 * Version 1. Numbers that must come back to the last bit are in ANY columns: SQLite would turn a -0 in a REAL column
 * into 0. It turns NaN into NULL everywhere; where a number must be there, NULL means NaN.
 *
 * `trials.value` is NULL unless the trial is complete or pruned. Trials and measurements lie in order of number and
 * step, so a study is read from its beginning to its end without a jump. One index serves both the ranking, in both
 * directions, and the counts.
 */
export const VERSION_1 = `
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
  process      TEXT,                         -- identifies the process among those with the same pid
  since        REAL NOT NULL,
  heartbeat_at REAL NOT NULL
) STRICT;
`
