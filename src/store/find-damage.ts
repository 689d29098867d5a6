import type Database from 'better-sqlite3'
import { type Cell, checkedText, checksumOf, checksumOfBytes, checksumOfText } from './checksum.ts'
import { EVALUATION_COLUMNS, FOLDER_COLUMNS } from './kept-rows.ts'
import { isIntact, type MeasurementRow, STAGE_COLUMNS, STUDY_COLUMNS, TRIAL_COLUMNS } from './rows.ts'

/** After this many damaged trials the others are not named. */
const MOST_NAMED = 10

/**
 * Compares every record of a study with its checksum: the study's, its stages', its trials' with their measurements, the
 * evaluations' and folders', and the artifacts'. Also counts the trials twice, in their table and in its index, because a damaged page can hide rows.
 *
 * @returns what is damaged, each a phrase such as `trial 12`; empty if nothing is, or if the store has no checksums yet
 */
export function findDamage(db: Database.Database, study: number): string[] {
  const rows = (sql: string): IterableIterator<Cell[]> =>
    db.prepare(sql).raw(true).iterate(study) as IterableIterator<Cell[]>
  const found: string[] = []
  for (const row of rows(`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ?`)) {
    if (!isIntact(row, [])) found.push('its own record')
  }
  for (const row of rows(`SELECT ${STAGE_COLUMNS} FROM stages WHERE study = ?`)) {
    if (!isIntact(row, [study])) found.push(`stage ${Number(row[0]) + 1}`)
  }
  const trials = damagedTrials(db, study)
  found.push(...trials.slice(0, MOST_NAMED).map((number) => `trial ${number}`))
  if (trials.length > MOST_NAMED) found.push(`${trials.length - MOST_NAMED} more trials`)
  for (const [trial, bytes, checksum] of db
    .prepare('SELECT trial, bytes, checksum FROM artifacts WHERE study = ? AND checksum IS NOT NULL')
    .raw(true)
    .iterate(study) as IterableIterator<[number, Buffer, number]>) {
    if (checksumOfBytes(bytes) !== checksum) found.push(`the artifact of trial ${trial}`)
  }
  for (const row of rows(`SELECT ${EVALUATION_COLUMNS} FROM evaluations WHERE study = ?`)) {
    if (!isIntact(row, [study])) found.push(`an evaluation of trial ${row[0]}`)
  }
  for (const row of rows(`SELECT ${FOLDER_COLUMNS} FROM artifact_folders WHERE study = ?`)) {
    if (!isIntact(row, [study])) found.push(`the record of the folder of trial ${row[0]}`)
  }
  const hidden = hiddenTrials(db, study)
  if (hidden !== 0) found.push(`the table of trials (${hidden} of them are hidden)`)
  else if (!isIndexSound(db, study)) found.push('the index of trials')
  return found
}

/** Numbers of the trials whose record or measurements are not what was written; one pass over both tables. */
function damagedTrials(db: Database.Database, study: number): number[] {
  const found: number[] = []
  const measurements = db
    .prepare(
      'SELECT trial, step, value, metrics, seconds FROM measurements WHERE study = ? ORDER BY trial, step',
    )
    .raw(true)
    .iterate(study) as IterableIterator<[number, ...MeasurementRow]>
  let next = measurements.next()
  const trials = db
    .prepare(`SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ? ORDER BY number`)
    .raw(true)
    .iterate(study) as IterableIterator<Cell[]>
  /** Measurements of trials that are not there, up to a trial that is. */
  const addOrphansBefore = (number: number): void => {
    for (; !next.done && next.value[0] < number; next = measurements.next()) {
      if (found.at(-1) !== next.value[0]) found.push(next.value[0])
    }
  }
  try {
    for (const row of trials) {
      const number = row[0] as number
      addOrphansBefore(number)
      let text = ''
      for (; !next.done && next.value[0] === number; next = measurements.next()) {
        text += checkedText(next.value.slice(1) as unknown as Cell[])
      }
      // Null until the trial has finished.
      const measured = row.at(-2)
      const differs = measured !== null && measured !== checksumOfText(text)
      if (differs || !isIntact(row, [study])) found.push(number)
    }
    addOrphansBefore(Number.POSITIVE_INFINITY)
  } finally {
    measurements.return?.()
  }
  return found
}

/** How many trials are in the table and not in its index, or the other way round. */
export function hiddenTrials(db: Database.Database, study: number): number {
  if (!hasIndex(db)) return 0
  const count = (sql: string): number => db.prepare(sql).pluck().get(study) as number
  // Only the table has `attempts`.
  const inTable = count('SELECT count(attempts) FROM trials WHERE study = ?')
  const inIndex = count('SELECT count(*) FROM trials INDEXED BY trials_ranked WHERE study = ?')
  return Math.abs(inTable - inIndex)
}

/** Whether the index that rankings are read from says of the trials what their table says. */
function isIndexSound(db: Database.Database, study: number): boolean {
  if (!hasIndex(db)) return true
  const sum = (source: string): number => {
    const entries = db
      .prepare(
        `SELECT number, stage, state, value, epochs, duration_ms, started_at, ${source} WHERE study = ?`,
      )
      .raw(true)
      .iterate(study) as IterableIterator<Cell[]>
    let total = 0
    // The two come in different orders, which a sum does not see.
    for (const entry of entries) total = (total + checksumOf(entry.slice(0, -1))) >>> 0
    return total
  }
  // Only the table has `attempts`.
  return sum('attempts FROM trials') === sum('NULL FROM trials INDEXED BY trials_ranked')
}

/** A store of version 1 is read through views, which have no index. */
function hasIndex(db: Database.Database): boolean {
  return db.prepare("SELECT 1 FROM temp.sqlite_schema WHERE name = 'trials'").get() === undefined
}
