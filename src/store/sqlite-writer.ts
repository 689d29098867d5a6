import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'
import { UserError } from '../errors.ts'
import type { TrialOutcome, TrialSpec, TrialState } from '../trial.ts'
import { closeWritable } from './connection.ts'
import { encodeJson } from './exact-json.ts'
import { heldBySomebodyElse, isLive, leaseLost } from './lease.ts'
import { thisProcess } from './process-identity.ts'
import { STAGE_COLUMNS, STUDY_COLUMNS, toNewStudyCells, toStageCells } from './rows.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type {
  Fingerprints,
  NewStudy,
  StageRecord,
  StudyRecord,
  StudyState,
  StudyWriter,
  TestLook,
} from './store.ts'
import { onStore } from './store-error.ts'
import {
  gatherAnew,
  gatherFinish,
  gatherKeep,
  gatherStart,
  type HeldStudy,
  newlyHeld,
} from './trial-gathering.ts'
import type { TrialBefore } from './trial-life.ts'
import { writeTrials } from './write-trials.ts'

/**
 * Writes a store. Trials are gathered in memory and written in one immediate transaction at the flush: a transaction
 * kept open between them would lock out another study in the same file. Each such transaction first makes sure that
 * the lease is still this writer's, so a writer that was taken for dead can't count a trial twice.
 */
export class SqliteWriter extends SqliteReader implements StudyWriter {
  readonly #token = randomUUID()
  readonly #held = new Map<number, HeldStudy>()
  /** True after a flush failed: closing then doesn't try again. */
  #broken = false

  createStudy(given: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord {
    const isTaken = (name: string): boolean =>
      this.statement('SELECT 1 FROM studies WHERE name = ?').get(name) !== undefined
    const id = this.#transaction(() => {
      const study = typeof given === 'function' ? given(isTaken) : given
      if (isTaken(study.name)) {
        throw new UserError('store', `Study "${study.name}" already exists in ${this.file}`, {
          hint: 'Choose another name with --name, or go on with it: finesweep resume',
        })
      }
      const cells = toNewStudyCells(study, this.now())
      const columns = STUDY_COLUMNS.replace('id, ', '')
      const { lastInsertRowid } = this.#insert('studies', columns, cells)
      this.#writeLease(Number(lastInsertRowid))
      return Number(lastInsertRowid)
    })
    this.#held.set(id, newlyHeld(true))
    return this.#study(id)
  }

  acquireLease(study: number): void {
    const isNew = this.#transaction(() => {
      const { name } = this.#study(study)
      const lease = this.heldLease(study)
      if (lease?.token === this.#token) return false
      if (lease !== undefined && isLive(lease, this.now())) throw heldBySomebodyElse(name, lease)
      this.#writeLease(study)
      return true
    })
    // What was gathered under a lease that was lost since is of no use: others may have run those trials.
    if (isNew) this.#held.set(study, newlyHeld(false))
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
      this.#insert('stages', `study, ${STAGE_COLUMNS}`, [study, ...toStageCells(stage)])
      this.#markRunning(study)
    })
  }

  updateStage(
    study: number,
    stage: number,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void {
    const sql =
      'UPDATE stages SET trials = coalesce(?, trials), epochs = coalesce(?, epochs) WHERE study = ? AND stage = ?'
    this.#owning(study, () => {
      this.statement(sql).run(changes.trials ?? null, changes.epochs ?? null, study, stage)
    })
  }

  setExperiment(study: number, experiment: unknown, fingerprints: Fingerprints): void {
    const { data, objective, space } = fingerprints
    const sql =
      'UPDATE studies SET experiment = ?, data_hash = ?, objective_hash = ?, space_hash = ? WHERE id = ?'
    this.#owning(study, () => {
      this.statement(sql).run(encodeJson(experiment ?? null), data, objective, space, study)
    })
  }

  addNote(study: number, note: string): void {
    this.#transaction(() => {
      const { notes } = this.#study(study)
      this.statement('UPDATE studies SET notes = ? WHERE id = ?').run(JSON.stringify([...notes, note]), study)
    })
  }

  startTrial(study: number, spec: TrialSpec, host: string): void {
    const held = this.#heldStudy(study)
    const stored = held.pending.has(spec.number) ? undefined : this.#before(study, spec.number)
    gatherStart(held, stored, spec, host, this.now())
  }

  finishTrial(study: number, number: number, outcome: TrialOutcome, keepArtifact: boolean): void {
    gatherFinish(this.#heldStudy(study), number, outcome, keepArtifact)
  }

  keepArtifacts(study: number, trials: readonly number[]): void {
    gatherKeep(this.#heldStudy(study), trials)
  }

  flush(): void {
    const waiting = [...this.#held].filter(([, held]) => held.pending.size > 0 || held.kept !== null)
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

  addTestLook(study: number, look: TestLook): void {
    const cells = [study, look.trial, look.at, look.loss, look.accuracy, look.examples]
    this.#transaction(() => {
      this.#insert('test_looks', 'study, trial, at, loss, accuracy, examples', cells)
    })
  }

  finishStudy(study: number, state: StudyState, endReason: string | null): void {
    this.flush()
    const sql = 'UPDATE studies SET state = ?, end_reason = ?, finished_at = ? WHERE id = ?'
    this.#owning(study, () => {
      this.statement(sql).run(state, endReason, this.now(), study)
      this.#dropLease(study)
    })
    this.#held.delete(study)
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

  #before(study: number, number: number): TrialBefore | undefined {
    const sql = 'SELECT state, attempts FROM trials WHERE study = ? AND number = ?'
    const row = onStore(this.file, () => this.statement(sql).get(study, number))
    if (row === undefined) return undefined
    const [state, attempts] = row as [TrialState, number]
    return { state, attempts }
  }

  /** A resumed study is running again once something new is written to it. */
  #markRunning(study: number): void {
    this.statement(
      "UPDATE studies SET state = 'running', end_reason = NULL, finished_at = NULL WHERE id = ? AND state <> 'running'",
    ).run(study)
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
    return onStore(this.file, () => this.db.transaction(work).immediate())
  }

  #insert(table: string, columns: string, cells: readonly unknown[]): Database.RunResult {
    const places = cells.map(() => '?').join(', ')
    return this.statement(`INSERT INTO ${table} (${columns}) VALUES (${places})`).run(...cells)
  }
}
