import type { TimedMeasurement, TrialRecord } from '../trial.ts'
import { decodeJson, encodeJson } from './exact-json.ts'
import type { Evaluation, Lease, NewStudy, StageRecord, StudyRecord } from './store.ts'

export interface MemoryTrial {
  readonly record: TrialRecord
  readonly measurements: readonly TimedMeasurement[]
  readonly artifact: Uint8Array | null
}

/** All of one study. */
export interface MemoryStudy {
  record: StudyRecord
  readonly stages: StageRecord[]
  readonly trials: Map<number, MemoryTrial>
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

/** A study that begins. @param now milliseconds since the epoch */
export function newMemoryStudy(study: NewStudy, id: number, now: number): MemoryStudy {
  const record: StudyRecord = {
    ...study,
    experiment: copyJson(study.experiment),
    id,
    state: 'running',
    endReason: null,
    createdAt: now,
    finishedAt: null,
    notes: [],
    origin: study.origin ?? null,
    comment: null,
    tags: [],
  }
  return {
    record,
    stages: [],
    trials: new Map(),
    evaluations: [],
    folders: new Map(),
    lease: undefined,
    running: new Map(),
    pending: [],
    ahead: new Map(),
  }
}

/** In order of number. */
export function trialsInOrder(held: MemoryStudy | undefined): MemoryTrial[] {
  return [...(held?.trials.values() ?? [])].sort((a, b) => a.record.number - b.record.number)
}

/** Writes a trial at the next flush. */
export function putTrial(held: MemoryStudy, trial: MemoryTrial): void {
  const { number } = trial.record
  held.ahead.set(number, trial.record)
  held.pending.push(() => {
    held.trials.set(number, trial)
    markRunning(held)
  })
}

/** A resumed study is running again once something new is written to it. */
export function markRunning(held: MemoryStudy): void {
  held.record = { ...held.record, state: 'running', endReason: null, finishedAt: null }
}

/** What a file would give back of it. */
export function copyJson(value: unknown): unknown {
  return decodeJson(encodeJson(value ?? null))
}
