import { compareTrials } from '../search/rank.ts'
import {
  type Direction,
  RANKED_STATES,
  type TimedMeasurement,
  type TrialRecord,
  type TrialState,
} from '../trial.ts'
import { DamagedRowError } from './checksum.ts'
import {
  checksumOfMeasurements,
  isIntact,
  type MeasurementRow,
  TRIAL_COLUMNS,
  type TrialRow,
  toMeasurement,
  toTrialRecord,
} from './rows.ts'
import { asIs, type Statements } from './statements.ts'
import type { TrialFilter } from './store.ts'
import type { TrialBefore } from './trial-life.ts'
import { trialQuery } from './trial-query.ts'

/** How many trials' measurements are read at once while all of them stream by. */
const CHUNK = 512

/** `trial 12 of study "quickstart"`, for messages about damage. */
export function nameTrial(statements: Statements, study: number, number: number): string {
  const name = statements.get('SELECT name FROM studies WHERE id = ?', [study], asIs<[string]>)
  return `trial ${number} of study ${name === undefined ? study : JSON.stringify(name[0])}`
}

export function readTrials(statements: Statements, study: number, filter: TrialFilter): TrialRecord[] {
  const { sql, bound } = trialQuery(study, filter)
  return statements.all(sql, bound, toIntactTrial(statements, study))
}

export function readTrial(statements: Statements, study: number, number: number): TrialRecord | undefined {
  const sql = `SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ? AND number = ?`
  return statements.get(sql, [study, number], toIntactTrial(statements, study))
}

/** What decides whether a trial can begin; undefined if the store has none of this number. */
export function trialBefore(statements: Statements, study: number, number: number): TrialBefore | undefined {
  const sql = 'SELECT state, attempts FROM trials WHERE study = ? AND number = ?'
  return statements.get(sql, [study, number], ([state, attempts]: [TrialState, number]) => {
    return { state, attempts }
  })
}

/** The highest number of a study's trials; -1 where it has none. */
export function highestTrial(statements: Statements, study: number): number {
  const sql = 'SELECT coalesce(max(number), -1) FROM trials WHERE study = ?'
  return statements.get(sql, [study], ([number]: [number]) => number)!
}

/** The best trials that have a value, in the order of `compareTrials`. */
export function readBestTrials(
  statements: Statements,
  study: number,
  count: number,
  stage: number | undefined,
): TrialRecord[] {
  const sql = 'SELECT direction FROM studies WHERE id = ?'
  const direction = statements.get(sql, [study], ([found]: [Direction]) => found)
  if (direction === undefined) return []
  const stages = stage === undefined ? stagesWithTrials(statements, study) : [stage]
  const best: TrialRecord[] = []
  for (const state of RANKED_STATES) {
    const ofState = stages.flatMap((index) => bestOf(statements, study, index, state, direction, count))
    best.push(...ofState.sort((a, b) => compareTrials(a, b, direction)).slice(0, count - best.length))
    if (best.length >= count) break
  }
  return best
}

/** The order within one state and stage is that of `compareTrials`; the index has it but for equal values. */
function bestOf(
  statements: Statements,
  study: number,
  stage: number,
  state: TrialState,
  direction: Direction,
  count: number,
): TrialRecord[] {
  const sql = `SELECT ${TRIAL_COLUMNS} FROM trials
    WHERE study = ? AND stage = ? AND state = ? AND value IS NOT NULL
    ORDER BY ${state === 'pruned' ? 'epochs DESC, ' : ''}value ${direction === 'maximize' ? 'DESC' : 'ASC'},
      tie IS NULL, tie, budget_epochs DESC, number LIMIT ?`
  return statements.all(sql, [study, stage, state, count], toIntactTrial(statements, study))
}

/** By jumps from one to the next in the index. */
function stagesWithTrials(statements: Statements, study: number): number[] {
  const sql = 'SELECT min(stage) FROM trials WHERE study = ? AND stage > ?'
  const stages: number[] = []
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const next = statements.get(sql, [study, after], asIs<[number | null]>)?.[0] ?? null
    if (next === null) return stages
    stages.push(next)
    after = next
  }
}

export function readMeasurements(statements: Statements, study: number, trial: number): TimedMeasurement[] {
  const sql =
    'SELECT step, value, metrics, seconds FROM measurements WHERE study = ? AND trial = ? ORDER BY step'
  const checksum = 'SELECT measured FROM trials WHERE study = ? AND number = ?'
  return statements.atOneMoment(() => {
    const rows = statements.all(sql, [study, trial], asIs<MeasurementRow>)
    const measured = statements.get(checksum, [study, trial], asIs<[number | null]>)
    return toIntactMeasurements(statements, study, trial, rows, measured?.[0] ?? null)
  })
}

/** Read by the chunk, so that no read stays open while the caller takes its time: a study could not write through this connection. */
export function* readAllMeasurements(
  statements: Statements,
  study: number,
): Generator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
  const numbersOf =
    'SELECT number, measured FROM trials WHERE study = ? AND number > ? ORDER BY number LIMIT ?'
  const sql = `SELECT step, value, metrics, seconds, trial FROM measurements
    WHERE study = ? AND trial BETWEEN ? AND ? ORDER BY trial, step`
  const chunkAfter = (after: number) =>
    statements.atOneMoment(() => {
      const numbers = statements.all(numbersOf, [study, after, CHUNK], asIs<[number, number | null]>)
      const bound = [study, numbers[0]?.[0] ?? 0, numbers.at(-1)?.[0] ?? -1]
      return { numbers, rows: statements.all(sql, bound, asIs<[...MeasurementRow, trial: number]>) }
    })
  for (let after = -1; ; ) {
    const { numbers, rows } = chunkAfter(after)
    if (numbers.length === 0) return
    let at = 0
    for (const [trial, measured] of numbers) {
      const from = at
      while (at < rows.length && rows[at]![4] === trial) at++
      const own = rows.slice(from, at).map(([step, value, metrics, seconds]): MeasurementRow => {
        return [step, value, metrics, seconds]
      })
      yield { trial, measurements: toIntactMeasurements(statements, study, trial, own, measured) }
    }
    after = numbers.at(-1)![0]
  }
}

/** Reads the rows of a study's trials; one that is damaged is named. */
function toIntactTrial(statements: Statements, study: number): (row: TrialRow) => TrialRecord {
  return (row) => {
    if (!isIntact(row, [study])) throw new DamagedRowError(nameTrial(statements, study, row[0]))
    return toTrialRecord(row)
  }
}

/** @param measured their checksum; null for a trial that has not finished */
function toIntactMeasurements(
  statements: Statements,
  study: number,
  trial: number,
  rows: readonly MeasurementRow[],
  measured: number | null,
): TimedMeasurement[] {
  return statements.guard(() => {
    if (measured !== null && measured !== checksumOfMeasurements(rows)) {
      throw new DamagedRowError(nameTrial(statements, study, trial))
    }
    return rows.map(toMeasurement)
  })
}
