import { UserError } from '../errors.ts'
import { thisProcess } from '../process-identity.ts'
import { compareTrials, hasValue } from '../search/rank.ts'
import {
  isFinished,
  noTrials,
  type StageIndex,
  type TimedMeasurement,
  type TrialOutcome,
  type TrialRecord,
  type TrialSpec,
  type TrialState,
} from '../trial.ts'
import { decodeJson, encodeJson } from './exact-json.ts'
import { addInterval } from './running-time.ts'
import type {
  ArtifactFolder,
  Evaluation,
  Fingerprints,
  ImportedTrial,
  Interval,
  Lease,
  NewStudy,
  StageRecord,
  StageTotals,
  StoreOptions,
  StudyRecord,
  StudyState,
  StudyWriter,
  TrialFilter,
  TrialResult,
} from './store.ts'
import { addTotals, type TotalsRow } from './totals.ts'
import { gatherImported, numberTaken, runningRecord } from './trial-gathering.ts'
import { finishedTrial, startedTrial } from './trial-life.ts'
import { sortTrials, trialSorting } from './trial-order.ts'

interface KeptTrial {
  readonly record: TrialRecord
  readonly measurements: readonly TimedMeasurement[]
  readonly artifact: Uint8Array | null
}

/** All of one study. */
interface KeptStudy {
  record: StudyRecord
  readonly stages: StageRecord[]
  readonly trials: Map<number, KeptTrial>
  readonly evaluations: Evaluation[]
  readonly folders: Map<number, string>
  lease: Lease | undefined
  /** Trials begun and not finished, committed or not. */
  readonly running: Map<number, TrialRecord>
  /** What the next flush does, in order. */
  readonly pending: (() => void)[]
  /** The newest record of each trial that `pending` writes. */
  readonly ahead: Map<number, TrialRecord>
}

/**
 * A store without a file, gone with the process: for tests, and for searches whose records nobody needs. It is the
 * plain statement of what a store does; the other holds itself to it.
 */
export function createMemoryStore(options: StoreOptions = {}): StudyWriter {
  return new MemoryStore(options.now ?? Date.now)
}

class MemoryStore implements StudyWriter {
  readonly #now: () => number
  /** By id, from 1; a deleted one leaves its place empty. */
  readonly #studies: (KeptStudy | undefined)[] = []
  #changed = true

  constructor(now: () => number) {
    this.#now = now
  }

  studies(): StudyRecord[] {
    return this.#kept().map(({ record }) => record)
  }

  findStudy(name: string): StudyRecord | undefined {
    return this.studies().find((record) => record.name === name)
  }

  latestStudy(): StudyRecord | undefined {
    return this.#kept().at(-1)?.record
  }

  stages(study: number): StageRecord[] {
    return [...(this.#find(study)?.stages ?? [])].sort((a, b) => a.index - b.index)
  }

  trials(study: number, filter: TrialFilter = {}): TrialRecord[] {
    const { stage, states, from = 0, offset = 0, limit = Number.POSITIVE_INFINITY, sort } = filter
    const found = this.#inOrder(study)
      .map(({ record }) => record)
      .filter(({ number }) => number >= from)
      .filter((record) => stage === undefined || record.stage === stage)
      .filter((record) => states === undefined || states.includes(record.state))
    const sorted = sort === undefined ? found : sortTrials(found, trialSorting(sort.column), sort.falling)
    return sorted.slice(offset, offset + limit)
  }

  trial(study: number, number: number): TrialRecord | undefined {
    return this.#find(study)?.trials.get(number)?.record
  }

  bestTrials(study: number, count: number, stage?: number): TrialRecord[] {
    const direction = this.#find(study)?.record.direction ?? 'maximize'
    return this.trials(study, { stage })
      .filter(hasValue)
      .sort((a, b) => compareTrials(a, b, direction))
      .slice(0, count)
  }

  countTrials(study: number, stage?: number): Readonly<Record<TrialState, number>> {
    const counts = noTrials()
    for (const { state } of this.trials(study, { stage })) counts[state]++
    return counts
  }

  totals(study: number): StageTotals[] {
    const trials = this.trials(study)
    const ran = new Map<StageIndex, Interval[]>()
    for (const trial of trials) {
      if (!isFinished(trial) || trial.startedAt === null) continue
      const interval: Interval = [trial.startedAt, trial.startedAt + (trial.durationMs ?? 0)]
      ran.set(trial.stage, addInterval(ran.get(trial.stage) ?? [], interval))
    }
    const rows = trials.map(({ stage, state, epochs, durationMs }): TotalsRow => {
      return [stage, state, 1, epochs, durationMs ?? 0]
    })
    return addTotals(rows, ran)
  }

  measurements(study: number, trial: number): TimedMeasurement[] {
    return [...(this.#find(study)?.trials.get(trial)?.measurements ?? [])]
  }

  *allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
    for (const { record, measurements } of this.#inOrder(study)) {
      yield { trial: record.number, measurements: [...measurements] }
    }
  }

  *results(study: number): IterableIterator<TrialResult> {
    for (const { record, measurements } of this.#inOrder(study)) {
      if (!isFinished(record)) continue
      const { number, stage, state, value, params, seed, budget, continues } = record
      yield {
        ...{ number, stage, state, value, seed, continues },
        params: encodeJson(params),
        epochs: budget.epochs,
        measurements: measurements.map(({ step, value, metrics }) => ({
          step,
          value,
          metrics: encodeJson(metrics),
        })),
      }
    }
  }

  artifact(study: number, trial: number): Uint8Array | undefined {
    return this.#find(study)?.trials.get(trial)?.artifact ?? undefined
  }

  damage(): string[] {
    return []
  }

  evaluations(study: number): Evaluation[] {
    return [...(this.#find(study)?.evaluations ?? [])]
  }

  artifactFolders(study: number): ArtifactFolder[] {
    const folders = [...(this.#find(study)?.folders ?? [])]
    return folders.map(([trial, folder]) => ({ trial, folder })).sort((a, b) => a.trial - b.trial)
  }

  changed(): boolean {
    const changed = this.#changed
    this.#changed = false
    return changed
  }

  lease(study: number): Lease | undefined {
    return this.#find(study)?.lease
  }

  close(): void {
    this.flush()
    for (const study of this.#kept()) study.lease = undefined
  }

  createStudy(given: NewStudy | ((isTaken: (name: string) => boolean) => NewStudy)): StudyRecord {
    const isTaken = (name: string): boolean => this.findStudy(name) !== undefined
    const study = typeof given === 'function' ? given(isTaken) : given
    if (isTaken(study.name)) {
      throw nameTaken(study.name)
    }
    const id = this.#studies.length + 1
    const record: StudyRecord = {
      ...study,
      experiment: copyJson(study.experiment),
      id,
      state: 'running',
      endReason: null,
      createdAt: this.#now(),
      finishedAt: null,
      notes: [],
      origin: study.origin ?? null,
      comment: null,
      tags: [],
    }
    this.#changed = true
    this.#studies.push({
      record,
      stages: [],
      trials: new Map(),
      evaluations: [],
      folders: new Map(),
      lease: undefined,
      running: new Map(),
      pending: [],
      ahead: new Map(),
    })
    this.acquireLease(id)
    return record
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
    this.#changed = true
    markRunning(held)
  }

  updateStage(
    study: number,
    stage: number,
    changes: { readonly trials?: number; readonly epochs?: number },
  ): void {
    const { stages } = this.#leased(study)
    const at = stages.findIndex(({ index }) => index === stage)
    if (at !== -1) stages[at] = { ...stages[at]!, ...changes }
    this.#changed = true
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
    put(held, { record, measurements: [], artifact: null })
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
    put(held, {
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
    for (const held of this.#kept()) {
      this.#changed ||= held.pending.length > 0
      for (const write of held.pending.splice(0)) write()
      held.ahead.clear()
    }
  }

  addEvaluation(study: number, evaluation: Evaluation): void {
    this.#get(study).evaluations.push(evaluation)
    this.#changed = true
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
    this.#changed = true
  }

  importTrials(study: number, trials: readonly ImportedTrial[]): void {
    const held = this.#leased(study)
    const { pending } = gatherImported(trials)
    for (const number of pending.keys()) {
      if (held.ahead.has(number) || held.trials.has(number)) throw numberTaken(number)
    }
    markRunning(held)
    for (const [number, { record, measurements }] of pending) {
      held.trials.set(number, { record, measurements: [...measurements], artifact: null })
    }
    this.#changed = true
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
    if (holder !== undefined && holder.id !== study) throw nameTaken(name)
    this.#record(held, { name })
  }

  deleteStudy(study: number): void {
    this.#get(study)
    this.#studies[study - 1] = undefined
    this.#changed = true
  }

  #kept(): KeptStudy[] {
    return this.#studies.filter((study) => study !== undefined)
  }

  #record(held: KeptStudy, changes: Partial<StudyRecord>): void {
    held.record = { ...held.record, ...changes }
    this.#changed = true
  }

  #inOrder(study: number): KeptTrial[] {
    const trials = this.#find(study)?.trials.values() ?? []
    return [...trials].sort((a, b) => a.record.number - b.record.number)
  }

  #find(study: number): KeptStudy | undefined {
    return this.#studies[study - 1]
  }

  #get(study: number): KeptStudy {
    const held = this.#find(study)
    if (held === undefined) throw new Error(`There is no study ${study}.`)
    return held
  }

  #leased(study: number): KeptStudy {
    const held = this.#get(study)
    if (held.lease === undefined) throw new Error(`This writer does not hold the lease of study ${study}.`)
    return held
  }
}

function put(held: KeptStudy, trial: KeptTrial): void {
  const { number } = trial.record
  held.ahead.set(number, trial.record)
  held.pending.push(() => {
    held.trials.set(number, trial)
    markRunning(held)
  })
}

function markRunning(held: KeptStudy): void {
  held.record = { ...held.record, state: 'running', endReason: null, finishedAt: null }
}

function copyJson(value: unknown): unknown {
  return decodeJson(encodeJson(value ?? null))
}

function nameTaken(name: string): UserError {
  return new UserError('store', `Study "${name}" already exists`, { hint: 'Choose another name.' })
}
