import type Database from 'better-sqlite3'
import { compareTrials } from '../search/rank.ts'
import {
  type Direction,
  FINISHED_STATES,
  noTrials,
  RANKED_STATES,
  type TimedMeasurement,
  type TrialRecord,
  type TrialState,
} from '../trial.ts'
import { checksumOfBytes, DamagedRowError } from './checksum.ts'
import { findDamage } from './find-damage.ts'
import { type HeldLease, isLive } from './lease.ts'
import { readResults } from './results.ts'
import {
  checksumOfMeasurements,
  isIntact,
  type MeasurementRow,
  STAGE_COLUMNS,
  STUDY_COLUMNS,
  type StageRow,
  TRIAL_COLUMNS,
  type TrialRow,
  toEvaluation,
  toMeasurement,
  toStageRecord,
  toStudyRecord,
  toTrialRecord,
} from './rows.ts'
import { betweenPauses, type PauseRow, pausesSql } from './running-time.ts'
import type {
  ArtifactFolder,
  Evaluation,
  Lease,
  StageRecord,
  StageTotals,
  StudyReader,
  StudyRecord,
  TrialFilter,
  TrialResult,
} from './store.ts'
import { onStore, toStoreError } from './store-error.ts'
import { addTotals, type TotalsRow } from './totals.ts'
import { trialQuery } from './trial-query.ts'

/** How many trials' measurements are read at once while all of them stream by. */
const CHUNK = 512

/** Reads a store through one connection. Each method is one consistent read; between two, a running study continues. */
export class SqliteReader implements StudyReader {
  protected readonly db: Database.Database
  /** As the user named it, for errors. */
  protected readonly file: string
  protected readonly now: () => number
  #dataVersion: number | null = null
  readonly #prepared = new Map<string, Database.Statement>()

  constructor(db: Database.Database, file: string, now: () => number) {
    this.db = db
    this.file = file
    this.now = now
  }

  studies(): StudyRecord[] {
    return this.#all(`SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id`, [], toStudyRecord)
  }

  findStudy(name: string): StudyRecord | undefined {
    return this.#get(`SELECT ${STUDY_COLUMNS} FROM studies WHERE name = ?`, [name], toStudyRecord)
  }

  latestStudy(): StudyRecord | undefined {
    return this.#get(`SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id DESC LIMIT 1`, [], toStudyRecord)
  }

  stages(study: number): StageRecord[] {
    const sql = `SELECT ${STAGE_COLUMNS} FROM stages WHERE study = ? ORDER BY stage`
    return this.#all(sql, [study], (row: StageRow) => toStageRecord(study, row))
  }

  trials(study: number, filter: TrialFilter = {}): TrialRecord[] {
    const { sql, bound } = trialQuery(study, filter)
    return this.#all(sql, bound, this.#readTrial(study))
  }

  trial(study: number, number: number): TrialRecord | undefined {
    const sql = `SELECT ${TRIAL_COLUMNS} FROM trials WHERE study = ? AND number = ?`
    return this.#get(sql, [study, number], this.#readTrial(study))
  }

  bestTrials(study: number, count: number, stage?: number): TrialRecord[] {
    const sqlOfDirection = 'SELECT direction FROM studies WHERE id = ?'
    const direction = this.#get(sqlOfDirection, [study], ([found]: [Direction]) => found)
    if (direction === undefined) return []
    const stages = stage === undefined ? this.#stagesWithTrials(study) : [stage]
    const best: TrialRecord[] = []
    for (const state of RANKED_STATES) {
      const ofState = stages.flatMap((index) => this.#bestOf(study, index, state, direction, count))
      best.push(...ofState.sort((a, b) => compareTrials(a, b, direction)).slice(0, count - best.length))
      if (best.length >= count) break
    }
    return best
  }

  /** The order within one state and stage is that of `compareTrials`; the index has it but for equal values. */
  #bestOf(
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
    return this.#all(sql, [study, stage, state, count], this.#readTrial(study))
  }

  /** By jumps from one to the next in the index. */
  #stagesWithTrials(study: number): number[] {
    const sql = 'SELECT min(stage) FROM trials WHERE study = ? AND stage > ?'
    const stages: number[] = []
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const next = this.#get(sql, [study, after], asIs<[number | null]>)?.[0] ?? null
      if (next === null) return stages
      stages.push(next)
      after = next
    }
  }

  countTrials(study: number, stage?: number): Readonly<Record<TrialState, number>> {
    const counts = noTrials()
    const sql = `SELECT state, count(*) FROM trials WHERE study = ? ${stage === undefined ? '' : 'AND stage = ?'} GROUP BY state`
    const bound = stage === undefined ? [study] : [study, stage]
    for (const [state, count] of this.#all(sql, bound, asIs<[TrialState, number]>)) counts[state] = count
    return counts
  }

  totals(study: number): StageTotals[] {
    const sql = `SELECT stage, state, count(*), sum(epochs), total(duration_ms)
      FROM trials WHERE study = ? GROUP BY stage, state ORDER BY stage`
    const pauses = pausesSql('study = ? AND state IN (SELECT value FROM json_each(?))')
    const bound = [study, JSON.stringify(FINISHED_STATES)]
    return addTotals(
      this.#all(sql, [study], asIs<TotalsRow>),
      betweenPauses(this.#all(pauses, bound, asIs<PauseRow>)),
    )
  }

  measurements(study: number, trial: number): TimedMeasurement[] {
    const sql =
      'SELECT step, value, metrics, seconds FROM measurements WHERE study = ? AND trial = ? ORDER BY step'
    const rows = this.#all(sql, [study, trial], asIs<MeasurementRow>)
    const measured = this.#get(
      'SELECT measured FROM trials WHERE study = ? AND number = ?',
      [study, trial],
      asIs<[number | null]>,
    )
    return this.#readMeasurements(study, trial, rows, measured?.[0] ?? null)
  }

  /** Read by the chunk, so that no read stays open while the caller takes its time: a study could not write through this connection. */
  *allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
    const numbersOf =
      'SELECT number, measured FROM trials WHERE study = ? AND number > ? ORDER BY number LIMIT ?'
    const sql = `SELECT step, value, metrics, seconds, trial FROM measurements
      WHERE study = ? AND trial BETWEEN ? AND ? ORDER BY trial, step`
    for (let after = -1; ; ) {
      const numbers = this.#all(numbersOf, [study, after, CHUNK], asIs<[number, number | null]>)
      if (numbers.length === 0) return
      const first = numbers[0]![0]
      const last = numbers.at(-1)![0]
      const rows = this.#all(sql, [study, first, last], asIs<[...MeasurementRow, trial: number]>)
      let at = 0
      for (const [trial, measured] of numbers) {
        const from = at
        while (at < rows.length && rows[at]![4] === trial) at++
        const own = rows.slice(from, at).map(([step, value, metrics, seconds]): MeasurementRow => {
          return [step, value, metrics, seconds]
        })
        yield { trial, measurements: this.#readMeasurements(study, trial, own, measured) }
      }
      after = last
    }
  }

  *results(study: number): IterableIterator<TrialResult> {
    try {
      yield* readResults(this.db, study, (trial) => this.nameTrial(study, trial))
    } catch (error) {
      throw toStoreError(this.file, error)
    }
  }

  artifact(study: number, trial: number): Uint8Array | undefined {
    const sql = 'SELECT bytes, checksum FROM artifacts WHERE study = ? AND trial = ?'
    return this.#get(sql, [study, trial], ([bytes, checksum]: [Buffer, number | null]) => {
      if (checksum !== null && checksum !== checksumOfBytes(bytes)) {
        throw new DamagedRowError(`what ${this.nameTrial(study, trial)} kept`)
      }
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    })
  }

  damage(study: number): string[] {
    return onStore(this.file, () => findDamage(this.db, study))
  }

  evaluations(study: number): Evaluation[] {
    const sql =
      'SELECT trial, at, part, examples, metrics, confusion FROM evaluations WHERE study = ? ORDER BY id'
    return this.#all(sql, [study], toEvaluation)
  }

  artifactFolders(study: number): ArtifactFolder[] {
    const sql = 'SELECT trial, folder FROM artifact_folders WHERE study = ? ORDER BY trial'
    return this.#all(sql, [study], ([trial, folder]: [number, string]) => ({ trial, folder }))
  }

  changed(): boolean {
    const version = onStore(this.file, () => this.db.pragma('data_version', { simple: true }) as number)
    const changed = version !== this.#dataVersion
    this.#dataVersion = version
    return changed
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
    return this.#get(`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ?`, [id], toStudyRecord)
  }

  /** The lease as stored, its holder live or dead. */
  protected heldLease(study: number): HeldLease | undefined {
    const sql = 'SELECT token, host, pid, process, since, heartbeat_at FROM leases WHERE study = ?'
    type Row = [
      token: string,
      host: string,
      pid: number,
      process: string | null,
      since: number,
      heartbeatAt: number,
    ]
    return this.#get(sql, [study], ([token, host, pid, process, since, heartbeatAt]: Row) => ({
      token,
      host,
      pid,
      process,
      since,
      heartbeatAt,
    }))
  }

  /** Reads the rows of a study's trials; one that is damaged is named. */
  #readTrial(study: number): (row: TrialRow) => TrialRecord {
    return (row) => {
      if (!isIntact(row, [study])) throw new DamagedRowError(this.nameTrial(study, row[0]))
      return toTrialRecord(row)
    }
  }

  /** @param measured their checksum; null for a trial that has not finished */
  #readMeasurements(
    study: number,
    trial: number,
    rows: readonly MeasurementRow[],
    measured: number | null,
  ): TimedMeasurement[] {
    return onStore(this.file, () => {
      if (measured !== null && measured !== checksumOfMeasurements(rows)) {
        throw new DamagedRowError(this.nameTrial(study, trial))
      }
      return rows.map(toMeasurement)
    })
  }

  /** `trial 12 of study "quickstart"`, for messages about damage. */
  protected nameTrial(study: number, number: number): string {
    const name = this.statement('SELECT name FROM studies WHERE id = ?').get(study) as [string] | undefined
    return `trial ${number} of study ${name === undefined ? study : JSON.stringify(name[0])}`
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

  /** Rows become records inside, so that an unreadable one is reported as damage of the file. */
  #all<Row, T>(sql: string, bound: readonly (number | string)[], read: (row: Row) => T): T[] {
    return onStore(this.file, () => (this.statement(sql).all(...bound) as Row[]).map(read))
  }

  #get<Row, T>(sql: string, bound: readonly (number | string)[], read: (row: Row) => T): T | undefined {
    return onStore(this.file, () => {
      const row = this.statement(sql).get(...bound) as Row | undefined
      return row === undefined ? undefined : read(row)
    })
  }
}

function asIs<Row>(row: Row): Row {
  return row
}
