import type Database from 'better-sqlite3'
import { isFinished } from '../trial.ts'
import { type Cell, checksumOfBytes } from './checksum.ts'
import {
  checksumOfMeasurements,
  type MeasurementRow,
  TRIAL_COLUMNS,
  toMeasurementCells,
  toTrialCells,
} from './rows.ts'
import type { HeldStudy } from './trial-gathering.ts'

/** Prepares an SQL text, or finds it prepared. */
export type Prepare = (sql: string) => Database.Statement

const COLUMNS = TRIAL_COLUMNS.split(', ')
const PUT_TRIAL = `INSERT INTO trials (study, ${TRIAL_COLUMNS}) VALUES (?, ${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (study, number) DO UPDATE SET ${COLUMNS.slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`
const DROP_OTHER_ARTIFACTS =
  'DELETE FROM artifacts WHERE study = ? AND trial NOT IN (SELECT value FROM json_each(?))'

/** One statement for several rows costs far less than one for each. */
const MEASUREMENTS_AT_ONCE = 16
/** By the number of rows, less one. */
const PUT_MEASUREMENTS = Array.from(
  { length: MEASUREMENTS_AT_ONCE },
  (_, less) =>
    `INSERT INTO measurements (study, trial, step, value, metrics, seconds) VALUES (?, ?, ?, ?, ?, ?)${', (?, ?, ?, ?, ?, ?)'.repeat(less)}`,
)

/** Writes what was gathered of a study's trials; inside the caller's transaction. */
export function writeTrials(prepare: Prepare, study: number, held: HeldStudy): void {
  if (held.kept !== null) prepare(DROP_OTHER_ARTIFACTS).run(study, JSON.stringify([...held.kept]))
  const putTrial = prepare(PUT_TRIAL)
  for (const [number, { record, again, measurements, artifact }] of held.pending) {
    const rows = measurements.map(toMeasurementCells)
    const measured = isFinished(record) ? checksumOfMeasurements(rows) : null
    putTrial.run(study, ...toTrialCells(study, record, measured))
    if (again) {
      prepare('DELETE FROM measurements WHERE study = ? AND trial = ?').run(study, number)
      prepare('DELETE FROM artifacts WHERE study = ? AND trial = ?').run(study, number)
    }
    writeMeasurements(prepare, study, number, rows)
    if (artifact !== null) {
      // A copy: what is shared with another thread could change between the bytes and their checksum.
      const bytes = Buffer.from(artifact)
      prepare('INSERT INTO artifacts (study, trial, bytes, checksum) VALUES (?, ?, ?, ?)').run(
        study,
        number,
        bytes,
        checksumOfBytes(bytes),
      )
    }
  }
  for (const [number, measurements] of held.live) {
    writeMeasurements(prepare, study, number, measurements.map(toMeasurementCells))
  }
}

function writeMeasurements(
  prepare: Prepare,
  study: number,
  trial: number,
  measurements: readonly MeasurementRow[],
): void {
  for (let at = 0; at < measurements.length; at += MEASUREMENTS_AT_ONCE) {
    const end = Math.min(at + MEASUREMENTS_AT_ONCE, measurements.length)
    const cells: Cell[] = []
    for (let i = at; i < end; i++) cells.push(study, trial, ...measurements[i]!)
    prepare(PUT_MEASUREMENTS[end - at - 1]!).run(cells)
  }
}
