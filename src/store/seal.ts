import type Database from 'better-sqlite3'
import { isFinished, type TrialState } from '../trial.ts'
import { type Cell, checksumOf } from './checksum.ts'
import { EVALUATION_COLUMNS, FOLDER_COLUMNS } from './kept-rows.ts'
import {
  checksumOfMeasurements,
  type MeasurementRow,
  STAGE_COLUMNS,
  STUDY_COLUMNS,
  TRIAL_COLUMNS,
} from './rows.ts'

const SEALED = {
  studies: { key: ['id'], cells: STUDY_COLUMNS },
  stages: { key: ['study', 'stage'], cells: `study, ${STAGE_COLUMNS}` },
  trials: { key: ['study', 'number'], cells: `study, ${TRIAL_COLUMNS}` },
  evaluations: { key: ['id'], cells: `study, ${EVALUATION_COLUMNS}` },
  artifact_folders: { key: ['study', 'trial'], cells: `study, ${FOLDER_COLUMNS}` },
} as const

/** How many rows are held in memory at once. */
const ROWS_AT_ONCE = 1000

/** Gives rows of a table the checksums of what they hold now. @param where an SQL condition on them */
export function sealRows(db: Database.Database, table: keyof typeof SEALED, where = 'true'): void {
  const { key, cells } = SEALED[table]
  const keys = key.join(', ')
  const places = key.map(() => '?').join(', ')
  const page = db
    .prepare(
      `SELECT ${keys}, ${cells} FROM ${table} WHERE (${keys}) > (${places}) AND ${where}
        ORDER BY ${keys} LIMIT ${ROWS_AT_ONCE}`,
    )
    .raw(true)
  const measured = table === 'trials' ? ', measured = ?' : ''
  const set = db.prepare(`UPDATE ${table} SET checksum = ?${measured} WHERE (${keys}) = (${places})`)
  const width = key.length
  for (let after: Cell[] = key.map(() => -1); ; ) {
    const rows = page.all(...after) as Cell[][]
    for (const row of rows) {
      const [place, sealed] = [row.slice(0, width), row.slice(width)]
      if (table === 'trials') {
        // It begins with study, number, stage and state, and ends with `measured` and the checksum itself.
        const state = sealed[3] as TrialState
        const measured = isFinished({ state }) ? checksumOfMeasurements(measurementsOf(db, place)) : null
        set.run(checksumOf([...sealed.slice(0, -2), measured]), measured, ...place)
      } else set.run(checksumOf(sealed.slice(0, -1)), ...place)
    }
    if (rows.length < ROWS_AT_ONCE) return
    after = rows.at(-1)!.slice(0, width)
  }
}

function measurementsOf(db: Database.Database, trial: readonly Cell[]): MeasurementRow[] {
  return db
    .prepare(
      'SELECT step, value, metrics, seconds FROM measurements WHERE study = ? AND trial = ? ORDER BY step',
    )
    .raw(true)
    .all(...trial) as MeasurementRow[]
}
