import type Database from 'better-sqlite3'
import type { Direction, TimedMeasurement, TrialRecord, TrialState } from '../trial.ts'
import { type HeldLease, isLive } from './lease.ts'
import {
  type MeasurementRow,
  STAGE_COLUMNS,
  STUDY_COLUMNS,
  type StageRow,
  type StudyRow,
  TRIAL_COLUMNS,
  type TrialRow,
  toMeasurement,
  toStageRecord,
  toStudyRecord,
  toTrialRecord,
} from './rows.ts'
import type { Lease, StageRecord, StudyReader, StudyRecord, TestLook, TrialFilter } from './store.ts'
import { onStore } from './store-error.ts'

/** How many trials' measurements are read at once while all of them stream by. */
const CHUNK = 512

/** Reads a store through one connection. Each method is one read of its own: between two, a running study goes on. */
export class SqliteReader implements StudyReader {
  protected readonly db: Database.Database
  /** As the user named it, for errors. */
  protected readonly file: string
  protected readonly now: () => number
  readonly #prepared = new Map<string, Database.Statement>()

  constructor(db: Database.Database, file: string, now: () => number) {
    this.db = db
    this.file = file
    this.now = now
  }

  studies(): StudyRecord[] {
    return this.#all<StudyRow>(`SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id`).map(toStudyRecord)
  }

  findStudy(name: string): StudyRecord | undefined {
    const row = this.#get<StudyRow>(`SELECT ${STUDY_COLUMNS} FROM studies WHERE name = ?`, name)
    return row && toStudyRecord(row)
  }

  latestStudy(): StudyRecord | undefined {
    const row = this.#get<StudyRow>(`SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id DESC LIMIT 1`)
    return row && toStudyRecord(row)
  }

  stages(study: number): StageRecord[] {
    const sql = `SELECT ${STAGE_COLUMNS} FROM stages WHERE study = ? ORDER BY stage`
    return this.#all<StageRow>(sql, study).map(toStageRecord)
  }

  trials(study: number, filter: TrialFilter = {}): TrialRecord[] {
    const { stage = null, states = null, limit = -1, offset = 0 } = filter
    const sql = `SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ?
      ${stage === null ? '' : 'AND stage = ?'}
      ${states === null ? '' : 'AND state IN (SELECT value FROM json_each(?))'}
      ORDER BY number LIMIT ? OFFSET ?`
    const bound = [...(stage === null ? [] : [stage]), ...(states === null ? [] : [JSON.stringify(states)])]
    return this.#all<TrialRow>(sql, study, ...bound, limit, offset).map(toTrialRecord)
  }

  trial(study: number, number: number): TrialRecord | undefined {
    const sql = `SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ? AND number = ?`
    const row = this.#get<TrialRow>(sql, study, number)
    return row && toTrialRecord(row)
  }

  bestTrials(study: number, count: number, stage?: number): TrialRecord[] {
    const found = this.#get<[Direction]>('SELECT direction FROM studies WHERE id = ?', study)
    if (found === undefined) return []
    const [direction] = found
    // The index gives each of the two states in order of value; within equal values SQLite sorts by number.
    const sql = `SELECT ${TRIAL_COLUMNS} FROM trials
      WHERE study = ? AND state = ? AND value IS NOT NULL ${stage === undefined ? '' : 'AND stage = ?'}
      ORDER BY value ${direction === 'maximize' ? 'DESC' : 'ASC'}, number LIMIT ?`
    const bound = stage === undefined ? [count] : [stage, count]
    const best = (state: TrialState): TrialRow[] => this.#all<TrialRow>(sql, study, state, ...bound)
    const sign = direction === 'maximize' ? -1 : 1
    const compare = (a: TrialRow, b: TrialRow): number =>
      a[3] === b[3] ? a[0] - b[0] : a[3]! < b[3]! ? -sign : sign
    return [...best('complete'), ...best('pruned')].sort(compare).slice(0, count).map(toTrialRecord)
  }

  countTrials(study: number): Readonly<Record<TrialState, number>> {
    const counts = { waiting: 0, running: 0, complete: 0, pruned: 0, diverged: 0, failed: 0 }
    const sql = 'SELECT state, count(*) FROM trials WHERE study = ? GROUP BY state'
    for (const [state, count] of this.#all<[TrialState, number]>(sql, study)) counts[state] = count
    return counts
  }

  measurements(study: number, trial: number): TimedMeasurement[] {
    const sql =
      'SELECT step, value, metrics, seconds FROM measurements WHERE study = ? AND trial = ? ORDER BY step'
    return this.#all<MeasurementRow>(sql, study, trial).map(toMeasurement)
  }

  /** Read by the chunk, so that no read stays open while the caller takes its time: a study could not write through this connection. */
  *allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
    const numbersOf = 'SELECT number FROM trials WHERE study = ? AND number > ? ORDER BY number LIMIT ?'
    const sql = `SELECT step, value, metrics, seconds, trial FROM measurements
      WHERE study = ? AND trial BETWEEN ? AND ? ORDER BY trial, step`
    for (let after = -1; ; ) {
      const numbers = this.#all<[number]>(numbersOf, study, after, CHUNK)
      if (numbers.length === 0) return
      const first = numbers[0]![0]
      const last = numbers.at(-1)![0]
      const rows = this.#all<[...MeasurementRow, number]>(sql, study, first, last)
      let at = 0
      for (const [trial] of numbers) {
        const measurements: TimedMeasurement[] = []
        for (; at < rows.length && rows[at]![4] === trial; at++) {
          const [step, value, metrics, seconds] = rows[at]!
          measurements.push(toMeasurement([step, value, metrics, seconds]))
        }
        yield { trial, measurements }
      }
      after = last
    }
  }

  artifact(study: number, trial: number): Uint8Array | undefined {
    const row = this.#get<[Buffer]>('SELECT bytes FROM artifacts WHERE study = ? AND trial = ?', study, trial)
    return row && new Uint8Array(row[0].buffer, row[0].byteOffset, row[0].byteLength)
  }

  testLooks(study: number): TestLook[] {
    const sql = 'SELECT trial, at, loss, accuracy, examples FROM test_looks WHERE study = ? ORDER BY id'
    type Row = [trial: number, at: number, loss: number | null, accuracy: number | null, examples: number]
    return this.#all<Row>(sql, study).map(([trial, at, loss, accuracy, examples]) => ({
      trial,
      at,
      loss: loss ?? Number.NaN,
      accuracy: accuracy ?? Number.NaN,
      examples,
    }))
  }

  lease(study: number): Lease | undefined {
    const held = this.heldLease(study)
    if (held === undefined || !isLive(held, this.now())) return undefined
    const { host, pid, since, heartbeatAt } = held
    return { host, pid, since, heartbeatAt }
  }

  close(): void {
    this.db.close()
  }

  protected studyById(id: number): StudyRecord | undefined {
    const row = this.#get<StudyRow>(`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ?`, id)
    return row && toStudyRecord(row)
  }

  /** The lease as stored, its holder live or dead. */
  protected heldLease(study: number): HeldLease | undefined {
    const sql = 'SELECT token, host, pid, process, since, heartbeat_at FROM leases WHERE study = ?'
    const row = this.#get<[string, string, number, string | null, number, number]>(sql, study)
    if (row === undefined) return undefined
    const [token, host, pid, process, since, heartbeatAt] = row
    return { token, host, pid, process, since, heartbeatAt }
  }

  /** Each SQL text is prepared once; rows come as arrays. */
  protected statement(sql: string): Database.Statement {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.db.prepare(sql)
      if (statement.reader) statement.raw(true)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  #all<Row>(sql: string, ...bound: readonly (number | string)[]): Row[] {
    return onStore(this.file, () => this.statement(sql).all(...bound) as Row[])
  }

  #get<Row>(sql: string, ...bound: readonly (number | string)[]): Row | undefined {
    return onStore(this.file, () => this.statement(sql).get(...bound) as Row | undefined)
  }
}
