import type Database from 'better-sqlite3'
import { isFinished, type TrialState } from '../trial.ts'
import { checkedText, checksumOfText, DamagedRowError } from './checksum.ts'
import { decodeJson } from './exact-json.ts'
import { hiddenTrials } from './find-damage.ts'
import { isIntact, type MeasurementRow, TRIAL_COLUMNS, type TrialRow } from './rows.ts'
import type { TrialResult } from './store.ts'

/** How many trials are read at once. */
const CHUNK = 1024

/**
 * The finished trials of a study in order of number, with what they measured, as text that was not parsed. Each is
 * compared with its checksum.
 *
 * @param name a trial's name for messages
 * @throws DamagedRowError for a trial that is not what was written, and for trials that the file hides
 */
export function* readResults(
  db: Database.Database,
  study: number,
  name: (trial: number) => string,
): Generator<TrialResult> {
  const page = db
    .prepare(
      `SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ? AND number > ? ORDER BY number LIMIT ${CHUNK}`,
    )
    .raw(true)
  const measured = db
    .prepare(
      `SELECT step, value, metrics, seconds, trial FROM measurements
        WHERE study = ? AND trial > ? AND trial <= ? ORDER BY trial, step`,
    )
    .raw(true)
  // A study may go on between two statements that are not in one transaction.
  const hidden = db.transaction(() => hiddenTrials(db, study))()
  if (hidden !== 0) throw new DamagedRowError('the table of trials')
  const chunkAfter = db.transaction((after: number) => {
    const trials = page.all(study, after) as TrialRow[]
    const last = trials.at(-1)?.[0] ?? after
    return { trials, last, rows: measured.all(study, after, last) as [...MeasurementRow, trial: number][] }
  })
  for (let after = -1; ; ) {
    const { trials, last, rows } = chunkAfter(after)
    if (trials.length === 0) return
    let at = 0
    for (const row of trials) {
      const number = row[0]
      const measurements: TrialResult['measurements'][number][] = []
      let text = ''
      for (; at < rows.length && rows[at]![4] <= number; at++) {
        const [step, value, metrics, seconds, trial] = rows[at]!
        if (trial !== number) throw new DamagedRowError(name(trial))
        text += checkedText([step, value, metrics, seconds])
        measurements.push({ step, value: value ?? Number.NaN, metrics })
      }
      if (!isIntact(row, [study]) || (row[21] !== null && row[21] !== checksumOfText(text))) {
        throw new DamagedRowError(name(number))
      }
      if (row[22] === null) readAll(row, measurements)
      if (isFinished({ state: row[2] as TrialState })) yield toResult(row, measurements)
    }
    after = last
  }
}

/** Without a checksum, as in a store of version 1, at least what is no JSON is found. @throws SyntaxError */
function readAll(row: TrialRow, measurements: TrialResult['measurements']): void {
  decodeJson(row[5])
  for (const { metrics } of measurements) decodeJson(metrics)
}

function toResult(row: TrialRow, measurements: TrialResult['measurements']): TrialResult {
  return {
    number: row[0],
    stage: row[1],
    state: row[2],
    value: row[3],
    params: row[5],
    seed: row[6],
    epochs: row[7],
    continues: row[8],
    measurements,
  }
}
