import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import { thisProcess } from '../process-identity.ts'
import type {
  StudyId,
  TieMetric,
  TimedMeasurement,
  TrialNumber,
  TrialOutcome,
  TrialSpec,
  TrialState,
} from '../trial.ts'
import { type Cell, checksumOf } from './checksum.ts'
import { closeWritable, writeBack } from './connection.ts'
import { encodeJson } from './exact-json.ts'
import { heldBySomebodyElse, isLive, leaseLost } from './lease.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, toEvaluationCells, toNewStudyCells, toStageCells } from './rows.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type {
  Evaluation,
  Fingerprints,
  ImportedTrial,
  NewStudy,
  StageRecord,
  StudyRecord,
  StudyState,
  StudyWriter,
} from './store.ts'
import { onStore } from './store-error.ts'
import {
  gatherAdopted,
  gatherAnew,
  gatherFinish,
  gatherImported,
  gatherKeep,
  gatherMeasurements,
  gatherStart,
  type HeldStudy,
  hasGathered,
  newlyHeld,
  numberTaken,
} from './trial-gathering.ts'
import type { TrialBefore } from './trial-life.ts'
import { writeTrials } from './write-trials.ts'

const NEW_STUDY_COLUMNS = STUDY_COLUMNS.replace('id, ', '').replace(', checksum', '')

/**
 * Writes a store. Trials are gathered in memory and written in one immediate transaction at the flush: a transaction
 * kept open between them would lock out another study in the same file. Each such transaction first makes sure that
 * the lease is still this writer's, so a writer that was presumed dead cannot count a trial twice.
 */
export class SqliteWriter extends SqliteReader implements StudyWriter {
  readonly #token = randomUUID()
  readonly #held = new Map<number, HeldStudy>()
  /** True after a flush failed: closing then doesn't try again. */
  #broken = false
  #wrote = false

  /** SQLite counts the commits of others alone. */
  override changed(): boolean {
    const wrote = this.#wrote
    this.#wrote = false
    return super.changed() || wrote
  }

  createStudy(given: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord {
    const isTaken = (name: string): boolean =>
      this.statement('SELECT 1 FROM studies WHERE name = ?').get(name) !== undefined
    const id = this.#transaction(() => {
      const study = typeof given === 'function' ? given(isTaken) : given
      if (isTaken(study.name)) {
        throw nameTaken(study.name, this.file)
      }
      const cells = toNewStudyCells(study, this.now())
      const { lastInsertRowid } = this.#insert('studies', NEW_STUDY_COLUMNS, cells)
      const added = Number(lastInsertRowid)
      this.#seal(added)
      this.#writeLease(added)
      return added
    })
    this.#held.set(id, newlyHeld(this.#study(id).tieMetric, true))
    return this.#study(id)
  }

  acquireLease(study: number): void {
    let tieMetric: TieMetric | null = null
    const isNew = this.#transaction(() => {
      const record = this.#study(study)
      const { name } = record
      tieMetric = record.tieMetric
      const lease = this.heldLease(study)
      if (lease?.token === this.#token) return false
      if (lease !== undefined && isLive(lease, this.now())) throw heldBySomebodyElse(name, lease)
      this.#writeLease(study)
      return true
    })
    // What was gathered under a lease that was lost since is of no use: others may have run those trials.
    if (isNew) this.#held.set(study, newlyHeld(tieMetric, false))
  }

  renewLease(study: number): void {
    const sql = 'UPDATE leases SET heartbeat_at = ? WHERE study = ?'
    this.#owning(study, () => this.statement(sql).run(this.now(), study))
  }

  releaseLease(study: number): void {
    this.flush()
    this.#transaction(() => this.#dropLease(study))
    this.#held.delete(study)
  }

  addStage(study: number, stage: StageRecord): void {
    this.#owning(study, () => {
      this.#insert('stages', `study, ${STAGE_COLUMNS}`, [study, ...toStageCells(study, stage)])
      this.#markRunning(study)
    })
  }

  updateStage(
    study: number,
    stage: number,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void {
    this.#owning(study, () => {
      const record = this.stages(study).find(({ index }) => index === stage)
      if (record === undefined) return
      const cells = toStageCells(study, { ...record, ...changes })
      this.#insert('stages', `study, ${STAGE_COLUMNS}`, [study, ...cells], 'INSERT OR REPLACE')
    })
  }

  setExperiment(study: number, experiment: unknown, fingerprints: Fingerprints): void {
    const { data, objective, space } = fingerprints
    this.#owning(study, () => {
      this.#updateStudy(study, {
        experiment: encodeJson(experiment ?? null),
        data_hash: data,
        objective_hash: objective,
        space_hash: space,
      })
    })
  }

  addNote(study: number, note: string): void {
    this.#transaction(() => {
      const { notes } = this.#study(study)
      this.#updateStudy(study, { notes: JSON.stringify([...notes, note]) })
    })
  }

  startTrial(study: number, spec: TrialSpec, host: string, slot: number | null = null): void {
    const held = this.#heldStudy(study)
    const stored = held.pending.has(spec.number) ? undefined : this.#before(study, spec.number)
    gatherStart(held, stored, spec, { host, slot }, this.now())
  }

  adoptTrial(study: StudyId, number: TrialNumber): void {
    gatherAdopted(this.#heldStudy(study), number, this.trial(study, number))
  }

  finishTrial(study: number, number: number, outcome: TrialOutcome, keepArtifact: boolean): void {
    gatherFinish(this.#heldStudy(study), number, outcome, keepArtifact)
  }

  addMeasurements(study: StudyId, number: TrialNumber, measurements: readonly TimedMeasurement[]): void {
    gatherMeasurements(this.#heldStudy(study), number, measurements)
  }

  keepArtifacts(study: number, trials: readonly number[]): void {
    gatherKeep(this.#heldStudy(study), trials)
  }

  flush(): void {
    const waiting = [...this.#held].filter(([, held]) => hasGathered(held))
    if (waiting.length === 0) return
    this.#broken = true
    this.#transaction(() => {
      for (const [study, held] of waiting) {
        this.#checkLease(study)
        if (!held.marked && held.pending.size > 0) this.#markRunning(study)
        writeTrials((sql) => this.statement(sql), study, held)
      }
    })
    this.#broken = false
    for (const [, held] of waiting) gatherAnew(held)
  }

  addEvaluation(study: number, evaluation: Evaluation): void {
    const columns = 'study, trial, at, part, examples, metrics, confusion'
    this.#transaction(() => {
      this.#insert('evaluations', columns, [study, ...toEvaluationCells(evaluation)])
    })
  }

  finishStudy(study: number, state: StudyState, endReason: string | null): void {
    this.flush()
    this.#owning(study, () => {
      this.#updateStudy(study, { state, end_reason: endReason, finished_at: this.now() })
      this.#dropLease(study)
    })
    this.#held.delete(study)
    writeBack(this.db)
  }

  setArtifactFolder(study: StudyId, trial: TrialNumber, folder: string | null): void {
    this.#owning(study, () => {
      this.statement('DELETE FROM artifact_folders WHERE study = ? AND trial = ?').run(study, trial)
      if (folder !== null) this.#insert('artifact_folders', 'study, trial, folder', [study, trial, folder])
    })
  }

  importTrials(study: StudyId, trials: readonly ImportedTrial[]): void {
    const written = gatherImported(trials)
    this.#owning(study, () => {
      this.#markRunning(study)
      for (const { record } of trials) {
        if (this.#before(study, record.number) !== undefined) throw numberTaken(record.number)
      }
      writeTrials((sql) => this.statement(sql), study, written)
    })
  }

  setComment(study: StudyId, comment: string | null): void {
    this.#transaction(() => this.#updateStudy(study, { comment }))
  }

  setTags(study: StudyId, tags: readonly string[]): void {
    this.#transaction(() => this.#updateStudy(study, { tags: JSON.stringify([...new Set(tags)]) }))
  }

  renameStudy(study: StudyId, name: string): void {
    this.#transaction(() => {
      this.#refuseIfRun(study)
      const holder = this.findStudy(name)
      if (holder !== undefined && holder.id !== study) throw nameTaken(name, this.file)
      this.#updateStudy(study, { name })
    })
  }

  deleteStudy(study: StudyId): void {
    this.#transaction(() => {
      this.#refuseIfRun(study)
      for (const table of [
        'leases',
        'evaluations',
        'artifact_folders',
        'artifacts',
        'measurements',
        'trials',
        'stages',
      ]) {
        this.statement(`DELETE FROM ${table} WHERE study = ?`).run(study)
      }
      this.statement('DELETE FROM studies WHERE id = ?').run(study)
    })
    this.#held.delete(study)
    writeBack(this.db)
  }

  /** Flushes, releases its leases, and closes; what a flush before could not write is given up. */
  override close(): void {
    if (!this.db.open) return
    try {
      if (!this.#broken) this.flush()
    } finally {
      this.#tryDropLeases()
      closeWritable(this.db)
    }
  }

  /** A store that can't be written to keeps the leases: they end with this process. */
  #tryDropLeases(): void {
    try {
      this.#transaction(() => {
        for (const study of this.#held.keys()) this.#dropLease(study)
      })
    } catch {}
  }

  #study(id: number): StudyRecord {
    const study = this.studyById(id)
    if (study === undefined) throw new Error(`There is no study ${id} in ${this.file}.`)
    return study
  }

  #heldStudy(study: number): HeldStudy {
    const held = this.#held.get(study)
    if (held === undefined) throw new Error(`This writer does not hold the lease of study ${study}.`)
    return held
  }

  /** Refuses while another writer, in this process or elsewhere, runs the study. */
  #refuseIfRun(study: number): void {
    const { name } = this.#study(study)
    const lease = this.heldLease(study)
    if (lease === undefined || lease.token === this.#token) return
    if (isLive(lease, this.now())) throw heldBySomebodyElse(name, lease)
  }

  #before(study: number, number: number): TrialBefore | undefined {
    const sql = 'SELECT state, attempts FROM trials WHERE study = ? AND number = ?'
    const row = onStore(this.file, () => this.statement(sql).get(study, number))
    if (row === undefined) return undefined
    const [state, attempts] = row as [TrialState, number]
    return { state, attempts }
  }

  /** A resumed study is running again once something new is written to it. */
  #markRunning(study: number): void {
    if (this.#study(study).state === 'running') return
    this.#updateStudy(study, { state: 'running', end_reason: null, finished_at: null })
  }

  #updateStudy(study: number, cells: Readonly<Record<string, Cell>>): void {
    const columns = Object.keys(cells).map((column) => `${column} = ?`)
    this.statement(`UPDATE studies SET ${columns.join(', ')} WHERE id = ?`).run(
      ...Object.values(cells),
      study,
    )
    this.#seal(study)
  }

  /** Gives the record of a study its checksum; after every change of it, in the same transaction. */
  #seal(study: number): void {
    const row = this.statement(`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ?`).get(study) as Cell[]
    const checksum = checksumOf(row.slice(0, -1))
    this.statement('UPDATE studies SET checksum = ? WHERE id = ?').run(checksum, study)
  }

  #writeLease(study: number): void {
    const { host, pid, process } = thisProcess()
    const now = this.now()
    this.statement(
      'INSERT OR REPLACE INTO leases (study, token, host, pid, process, since, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(study, this.#token, host, pid, process, now, now)
  }

  #dropLease(study: number): void {
    this.statement('DELETE FROM leases WHERE study = ? AND token = ?').run(study, this.#token)
  }

  #checkLease(study: number): void {
    this.#heldStudy(study)
    const lease = this.heldLease(study)
    if (lease?.token !== this.#token) throw leaseLost(this.#study(study).name, lease)
  }

  /** One transaction that is only done while the study's lease is this writer's. */
  #owning(study: number, work: () => void): void {
    this.#transaction(() => {
      this.#checkLease(study)
      work()
    })
  }

  /** Immediate: one that began as a reader could not become a writer while another writes, and would fail. */
  #transaction<T>(work: () => T): T {
    this.#wrote = true
    return onStore(this.file, () => this.db.transaction(work).immediate())
  }

  #insert(table: string, columns: string, cells: readonly Cell[], how = 'INSERT'): Database.RunResult {
    const places = cells.map(() => '?').join(', ')
    return this.statement(`${how} INTO ${table} (${columns}) VALUES (${places})`).run(...cells)
  }
}

function nameTaken(name: string, file: string): UserError {
  return new UserError('store', `Study "${name}" already exists in ${file}`, {
    hint: 'Choose another name with --name, or continue that study: finesweep resume',
  })
}
