import type Database from 'better-sqlite3'
import {
  FINISHED_STATES,
  noTrials,
  type StageIndex,
  type TimedMeasurement,
  type TrialRecord,
  type TrialState,
} from '../trial.ts'
import { checksumOfBytes, DamagedRowError } from './checksum.ts'
import { findDamage } from './find-damage.ts'
import { readArtifactFolders, readEvaluations } from './kept-rows.ts'
import { isLive } from './lease.ts'
import { readLease } from './lease-rows.ts'
import {
  nameTrial,
  readAllMeasurements,
  readBestTrials,
  readMeasurements,
  readTrial,
  readTrials,
} from './read-trials.ts'
import { readResults } from './results.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, type StageRow, toStageRecord, toStudyRecord } from './rows.ts'
import { betweenPauses, type EndRow, endsSql, type PauseRow, pausesSql } from './running-time.ts'
import { asIs, Statements } from './statements.ts'
import type {
  ArtifactFolder,
  Evaluation,
  Interval,
  Lease,
  StageRecord,
  StageTotals,
  StudyReader,
  StudyRecord,
  TrialFilter,
  TrialResult,
} from './store.ts'
import { toStoreError } from './store-error.ts'
import { addTotals, type TotalsRow } from './totals.ts'

/** Reads a store through one connection. Each method is one consistent read; between two, a running study continues. */
export class SqliteReader implements StudyReader {
  protected readonly statements: Statements
  protected readonly now: () => number
  #dataVersion: number | null = null

  /** @param file as the user named it, for errors */
  constructor(db: Database.Database, file: string, now: () => number) {
    this.statements = new Statements(db, file)
    this.now = now
  }

  studies(): StudyRecord[] {
    return this.statements.all(`SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id`, [], toStudyRecord)
  }

  findStudy(name: string): StudyRecord | undefined {
    return this.statements.get(`SELECT ${STUDY_COLUMNS} FROM studies WHERE name = ?`, [name], toStudyRecord)
  }

  latestStudy(): StudyRecord | undefined {
    const sql = `SELECT ${STUDY_COLUMNS} FROM studies ORDER BY id DESC LIMIT 1`
    return this.statements.get(sql, [], toStudyRecord)
  }

  stages(study: number): StageRecord[] {
    const sql = `SELECT ${STAGE_COLUMNS} FROM stages WHERE study = ? ORDER BY stage`
    return this.statements.all(sql, [study], (row: StageRow) => toStageRecord(study, row))
  }

  trials(study: number, filter: TrialFilter = {}): TrialRecord[] {
    return readTrials(this.statements, study, filter)
  }

  trial(study: number, number: number): TrialRecord | undefined {
    return readTrial(this.statements, study, number)
  }

  bestTrials(study: number, count: number, stage?: number): TrialRecord[] {
    return this.statements.atOneMoment(() => readBestTrials(this.statements, study, count, stage))
  }

  countTrials(study: number, stage?: number): Readonly<Record<TrialState, number>> {
    const counts = noTrials()
    const sql = `SELECT state, count(*) FROM trials WHERE study = ? ${stage === undefined ? '' : 'AND stage = ?'} GROUP BY state`
    const bound = stage === undefined ? [study] : [study, stage]
    for (const [state, count] of this.statements.all(sql, bound, asIs<[TrialState, number]>)) {
      counts[state] = count
    }
    return counts
  }

  totals(study: number): StageTotals[] {
    const sql = `SELECT stage, state, count(*), sum(epochs), total(duration_ms)
      FROM trials WHERE study = ? GROUP BY stage, state ORDER BY stage`
    return addTotals(this.statements.all(sql, [study], asIs<TotalsRow>))
  }

  runningTimes(study: number): Map<StageIndex, Interval[]> {
    const finished = 'study = ? AND state IN (SELECT value FROM json_each(?))'
    const bound = [study, JSON.stringify(FINISHED_STATES)]
    return this.statements.atOneMoment(() => {
      const pauses = this.statements.all(pausesSql(finished), bound, asIs<PauseRow>)
      const ends = this.statements.all(endsSql(finished), bound, asIs<EndRow>)
      return betweenPauses(pauses, ends)
    })
  }

  measurements(study: number, trial: number): TimedMeasurement[] {
    return readMeasurements(this.statements, study, trial)
  }

  allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
    return readAllMeasurements(this.statements, study)
  }

  *results(study: number): IterableIterator<TrialResult> {
    const { db, file } = this.statements
    try {
      yield* readResults(db, study, (trial) => nameTrial(this.statements, study, trial))
    } catch (error) {
      throw toStoreError(file, error)
    }
  }

  artifact(study: number, trial: number): Uint8Array | undefined {
    const sql = 'SELECT bytes, checksum FROM artifacts WHERE study = ? AND trial = ?'
    return this.statements.get(sql, [study, trial], ([bytes, checksum]: [Buffer, number | null]) => {
      if (checksum !== null && checksum !== checksumOfBytes(bytes)) {
        throw new DamagedRowError(`the artifact of ${nameTrial(this.statements, study, trial)}`)
      }
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    })
  }

  damage(study: number): string[] {
    return this.statements.atOneMoment(() => findDamage(this.statements.db, study))
  }

  evaluations(study: number): Evaluation[] {
    return readEvaluations(this.statements, study)
  }

  artifactFolders(study: number): ArtifactFolder[] {
    return readArtifactFolders(this.statements, study)
  }

  changed(): boolean {
    const { db } = this.statements
    const version = this.statements.guard(() => db.pragma('data_version', { simple: true }) as number)
    const changed = version !== this.#dataVersion
    this.#dataVersion = version
    return changed
  }

  lease(study: number): Lease | undefined {
    const held = readLease(this.statements, study)
    if (held === undefined || !isLive(held, this.now())) return undefined
    const { host, pid, since, heartbeatAt } = held
    return { host, pid, since, heartbeatAt }
  }

  close(): void {
    this.statements.db.close()
  }
}
