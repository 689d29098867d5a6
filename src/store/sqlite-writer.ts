import { UserError } from '../errors.ts'
import type { StudyId, TieMetric, TimedMeasurement, TrialNumber, TrialOutcome, TrialSpec } from '../trial.ts'
import { closeWritable, writeBack } from './connection.ts'
import { encodeJson } from './exact-json.ts'
import { insertEvaluation, putArtifactFolder } from './kept-rows.ts'
import { OwnLeases } from './lease-rows.ts'
import { OpenedFile } from './opened-file.ts'
import { highestTrial, trialBefore } from './read-trials.ts'
import { STAGE_COLUMNS, toStageCells } from './rows.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type {
  Evaluation,
  Fingerprints,
  ImportedPlan,
  ImportedTrial,
  NewStudy,
  StageRecord,
  StudyRecord,
  StudyState,
  StudyWriter,
} from './store.ts'
import { addStage, deleteStudyRows, insertStudy, isNameTaken, readStudy, updateStudy } from './study-rows.ts'
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
import { writeTrials } from './write-trials.ts'

/**
 * Writes a store. Trials are gathered in memory and written in one immediate transaction at the flush: a transaction
 * kept open between them would lock out another study in the same file. Each such transaction first makes sure that
 * the lease is still this writer's, so a writer that was presumed dead cannot count a trial twice.
 */
export class SqliteWriter extends SqliteReader implements StudyWriter {
  readonly #leases = new OwnLeases(this.statements, this.now)
  readonly #held = new Map<number, HeldStudy>()
  readonly #opened = new OpenedFile(this.statements.file)
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
    const isTaken = (name: string): boolean => isNameTaken(this.statements, name)
    const id = this.#transaction(() => {
      const study = typeof given === 'function' ? given(isTaken) : given
      if (isTaken(study.name)) throw nameTaken(study.name, this.statements.file)
      const added = insertStudy(this.statements, study, this.now())
      this.#leases.take(added, study.name)
      return added
    })
    this.#held.set(id, newlyHeld(this.#study(id).tieMetric, true))
    return this.#study(id)
  }

  acquireLease(study: number): void {
    let tieMetric: TieMetric | null = null
    const isNew = this.#transaction(() => {
      const record = this.#study(study)
      tieMetric = record.tieMetric
      return this.#leases.take(study, record.name)
    })
    // What was gathered under a lease that was lost since is of no use: others may have run those trials.
    if (isNew) this.#held.set(study, newlyHeld(tieMetric, false, highestTrial(this.statements, study)))
  }

  renewLease(study: number): void {
    this.#owning(study, () => this.#leases.renew(study))
  }

  releaseLease(study: number): void {
    this.flush()
    this.#transaction(() => this.#leases.drop(study))
    this.#held.delete(study)
  }

  addStage(study: number, stage: StageRecord): void {
    this.#owning(study, () => {
      addStage(this.statements, study, stage)
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
      this.statements.insert('stages', `study, ${STAGE_COLUMNS}`, [study, ...cells], 'INSERT OR REPLACE')
    })
  }

  setExperiment(study: number, experiment: unknown, fingerprints: Fingerprints): void {
    const { data, objective, space } = fingerprints
    this.#owning(study, () => {
      updateStudy(this.statements, study, {
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
      updateStudy(this.statements, study, { notes: JSON.stringify([...notes, note]) })
    })
  }

  startTrial(study: number, spec: TrialSpec, host: string, slot: number | null = null): void {
    const held = this.#heldStudy(study)
    const isStored = !held.pending.has(spec.number) && spec.number <= held.highest
    const stored = isStored ? trialBefore(this.statements, study, spec.number) : undefined
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
        writeTrials((sql) => this.statements.prepare(sql), study, held)
      }
    })
    this.#broken = false
    for (const [, held] of waiting) gatherAnew(held)
  }

  addEvaluation(study: number, evaluation: Evaluation): void {
    this.#transaction(() => insertEvaluation(this.statements, study, evaluation))
  }

  finishStudy(study: number, state: StudyState, endReason: string | null): void {
    this.flush()
    this.#owning(study, () => {
      updateStudy(this.statements, study, { state, end_reason: endReason, finished_at: this.now() })
      this.#leases.drop(study)
    })
    this.#held.delete(study)
    writeBack(this.statements.db)
  }

  setArtifactFolder(study: StudyId, trial: TrialNumber, folder: string | null): void {
    this.#owning(study, () => putArtifactFolder(this.statements, study, trial, folder))
  }

  importTrials(study: StudyId, trials: readonly ImportedTrial[], plan?: ImportedPlan): void {
    const held = this.#heldStudy(study)
    const written = gatherImported(trials)
    this.#owning(study, () => {
      this.#markRunning(study)
      for (const stage of plan?.stages ?? []) addStage(this.statements, study, stage)
      if (plan !== undefined) updateStudy(this.statements, study, { experiment: encodeJson(plan.experiment) })
      for (const number of written.pending.keys()) {
        const isTaken = held.pending.has(number) || trialBefore(this.statements, study, number) !== undefined
        if (isTaken) throw numberTaken(number)
      }
      writeTrials((sql) => this.statements.prepare(sql), study, written)
    })
    held.highest = highestTrial(this.statements, study)
  }

  setComment(study: StudyId, comment: string | null): void {
    this.#transaction(() => updateStudy(this.statements, study, { comment }))
  }

  setTags(study: StudyId, tags: readonly string[]): void {
    this.#transaction(() => updateStudy(this.statements, study, { tags: JSON.stringify([...new Set(tags)]) }))
  }

  renameStudy(study: StudyId, name: string): void {
    this.#transaction(() => {
      this.#leases.refuseIfHeldElsewhere(study, this.#study(study).name)
      const holder = this.findStudy(name)
      if (holder !== undefined && holder.id !== study) {
        const message = `Study "${name}" already exists in ${this.statements.file}`
        throw new UserError('usage', message, { hint: 'Choose another name.' })
      }
      updateStudy(this.statements, study, { name })
    })
  }

  deleteStudy(study: StudyId): void {
    this.#transaction(() => {
      this.#leases.refuseIfHeldElsewhere(study, this.#study(study).name)
      deleteStudyRows(this.statements, study)
    })
    this.#held.delete(study)
    writeBack(this.statements.db)
  }

  /** Flushes, releases its leases, and closes; what a flush before could not write is given up. */
  override close(): void {
    if (!this.statements.db.open) return
    try {
      if (!this.#broken) this.flush()
    } finally {
      this.#tryDropLeases()
      closeWritable(this.statements.db)
    }
  }

  /** A store that can't be written to keeps the leases: they end with this process. */
  #tryDropLeases(): void {
    try {
      this.#transaction(() => {
        for (const study of this.#held.keys()) this.#leases.drop(study)
      })
    } catch {}
  }

  #study(id: number): StudyRecord {
    return readStudy(this.statements, id)
  }

  #heldStudy(study: number): HeldStudy {
    const held = this.#held.get(study)
    if (held === undefined) throw new Error(`This writer does not hold the lease of study ${study}.`)
    return held
  }

  /** A resumed study is running again once something new is written to it. */
  #markRunning(study: number): void {
    if (this.#study(study).state === 'running') return
    updateStudy(this.statements, study, { state: 'running', end_reason: null, finished_at: null })
  }

  #checkLease(study: number): void {
    this.#heldStudy(study)
    this.#leases.check(study, () => this.#study(study).name)
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
    this.#opened.check()
    return this.statements.guard(() => this.statements.db.transaction(work).immediate())
  }
}

function nameTaken(name: string, file: string): UserError {
  return new UserError('store', `Study "${name}" already exists in ${file}`, {
    hint: 'Choose another name, or continue that study.',
  })
}
