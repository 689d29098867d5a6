import { type ErrorCode, UserError } from '../errors.ts'
import { thisProcess } from '../process-identity.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../trial.ts'
import { MemoryReader } from './memory-reader.ts'
import { copyJson, type MemoryStudy, markRunning, newMemoryStudy, putTrial } from './memory-study.ts'
import type {
  Evaluation,
  Fingerprints,
  ImportedPlan,
  ImportedTrial,
  NewStudy,
  StageRecord,
  StoreOptions,
  StudyRecord,
  StudyState,
  StudyWriter,
} from './store.ts'
import { gatherImported, numberTaken, runningRecord } from './trial-gathering.ts'
import { finishedTrial, startedTrial } from './trial-life.ts'

/**
 * A store without a file, gone with the process: for tests, and for searches whose records nobody needs. It is the
 * reference for what a store does; the SQLite store passes the same tests.
 */
export function createMemoryStore(options: StoreOptions = {}): StudyWriter {
  return new MemoryStore(options.now ?? Date.now)
}

class MemoryStore extends MemoryReader implements StudyWriter {
  readonly #now: () => number

  constructor(now: () => number) {
    super()
    this.#now = now
  }

  override close(): void {
    this.flush()
    super.close()
  }

  createStudy(given: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord {
    const isTaken = (name: string): boolean => this.findStudy(name) !== undefined
    const study = typeof given === 'function' ? given(isTaken) : given
    if (isTaken(study.name)) {
      throw nameTaken('store', study.name)
    }
    const added = newMemoryStudy(study, this.byId.length + 1, this.#now())
    this.byId.push(added)
    this.hasChanged = true
    this.acquireLease(added.record.id)
    return added.record
  }

  acquireLease(study: number): void {
    const { host, pid } = thisProcess()
    const now = this.#now()
    this.#get(study).lease ??= { host, pid, since: now, heartbeatAt: now }
  }

  renewLease(study: number): void {
    const held = this.#leased(study)
    held.lease = { ...held.lease!, heartbeatAt: this.#now() }
  }

  releaseLease(study: number): void {
    this.flush()
    const held = this.#get(study)
    held.lease = undefined
    held.running.clear()
  }

  addStage(study: number, stage: StageRecord): void {
    const held = this.#leased(study)
    if (held.stages.some(({ index }) => index === stage.index)) {
      throw new Error(`Study ${study} has a stage ${stage.index} already.`)
    }
    held.stages.push(stage)
    this.hasChanged = true
    markRunning(held)
  }

  updateStage(
    study: number,
    stage: number,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void {
    const { stages } = this.#leased(study)
    for (const [at, record] of stages.entries()) {
      if (record.index === stage) stages[at] = { ...record, ...changes }
    }
    this.hasChanged = true
  }

  setExperiment(study: number, experiment: unknown, fingerprints: Fingerprints): void {
    const held = this.#leased(study)
    this.#record(held, { experiment: copyJson(experiment), fingerprints })
  }

  addNote(study: number, note: string): void {
    const held = this.#get(study)
    this.#record(held, { notes: [...held.record.notes, note] })
  }

  startTrial(study: number, spec: TrialSpec, host: string, slot: number | null = null): void {
    const held = this.#leased(study)
    const before = held.ahead.get(spec.number) ?? held.trials.get(spec.number)?.record
    const record = startedTrial(before, spec, { host, slot }, this.#now())
    held.running.set(spec.number, record)
    putTrial(held, { record, measurements: [], artifact: null })
  }

  adoptTrial(study: number, number: number): void {
    const held = this.#leased(study)
    held.running.set(number, runningRecord(number, held.trials.get(number)?.record))
  }

  finishTrial(study: number, number: number, outcome: TrialOutcome, keepArtifact: boolean): void {
    const held = this.#leased(study)
    const running = held.running.get(number)
    if (running === undefined) throw new Error(`Trial ${number} was not started by this writer.`)
    const record = finishedTrial(running, outcome, held.record.tieMetric)
    held.running.delete(number)
    const stopped = record.state === 'waiting'
    putTrial(held, {
      record,
      measurements: stopped ? [] : [...outcome.measurements],
      artifact: keepArtifact && !stopped ? outcome.artifact : null,
    })
  }

  addMeasurements(study: number, number: number, measurements: readonly TimedMeasurement[]): void {
    const held = this.#leased(study)
    if (!held.running.has(number)) throw new Error(`Trial ${number} was not started by this writer.`)
    held.pending.push(() => {
      const trial = held.trials.get(number)!
      held.trials.set(number, { ...trial, measurements: [...trial.measurements, ...measurements] })
    })
  }

  keepArtifacts(study: number, trials: readonly number[]): void {
    const held = this.#leased(study)
    const kept = new Set(trials)
    held.pending.push(() => {
      for (const [number, trial] of held.trials) {
        if (!kept.has(number)) held.trials.set(number, { ...trial, artifact: null })
      }
    })
  }

  flush(): void {
    for (const held of this.all()) {
      this.hasChanged ||= held.pending.length > 0
      for (const write of held.pending.splice(0)) write()
      held.ahead.clear()
    }
  }

  addEvaluation(study: number, evaluation: Evaluation): void {
    this.#get(study).evaluations.push(evaluation)
    this.hasChanged = true
  }

  finishStudy(study: number, state: StudyState, endReason: string | null): void {
    this.#leased(study)
    this.releaseLease(study)
    const held = this.#get(study)
    this.#record(held, { state, endReason, finishedAt: this.#now() })
  }

  setArtifactFolder(study: number, trial: number, folder: string | null): void {
    const { folders } = this.#leased(study)
    if (folder === null) folders.delete(trial)
    else folders.set(trial, folder)
    this.hasChanged = true
  }

  importTrials(study: number, trials: readonly ImportedTrial[], plan?: ImportedPlan): void {
    const held = this.#leased(study)
    const { pending } = gatherImported(trials)
    for (const number of pending.keys()) {
      if (held.ahead.has(number) || held.trials.has(number)) throw numberTaken(number)
    }
    for (const stage of plan?.stages ?? []) this.addStage(study, stage)
    if (plan !== undefined) this.#record(held, { experiment: copyJson(plan.experiment) })
    markRunning(held)
    for (const [number, { record, measurements }] of pending) {
      held.trials.set(number, { record, measurements: [...measurements], artifact: null })
    }
    this.hasChanged = true
  }

  setComment(study: number, comment: string | null): void {
    this.#record(this.#get(study), { comment })
  }

  setTags(study: number, tags: readonly string[]): void {
    this.#record(this.#get(study), { tags: [...new Set(tags)] })
  }

  renameStudy(study: number, name: string): void {
    const held = this.#get(study)
    const holder = this.findStudy(name)
    if (holder !== undefined && holder.id !== study) throw nameTaken('usage', name)
    this.#record(held, { name })
  }

  deleteStudy(study: number): void {
    this.#get(study)
    this.byId[study - 1] = undefined
    this.hasChanged = true
  }

  #record(held: MemoryStudy, changes: Partial<StudyRecord>): void {
    held.record = { ...held.record, ...changes }
    this.hasChanged = true
  }

  #get(study: number): MemoryStudy {
    const held = this.find(study)
    if (held === undefined) throw new Error(`There is no study ${study}.`)
    return held
  }

  #leased(study: number): MemoryStudy {
    const held = this.#get(study)
    if (held.lease === undefined) throw new Error(`This writer does not hold the lease of study ${study}.`)
    return held
  }
}

function nameTaken(code: ErrorCode, name: string): UserError {
  return new UserError(code, `Study "${name}" already exists`, { hint: 'Choose another name.' })
}
