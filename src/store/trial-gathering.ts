import {
  isFinished,
  type TieMetric,
  type TimedMeasurement,
  type TrialNumber,
  type TrialOutcome,
  type TrialRecord,
  type TrialSpec,
} from '../trial.ts'
import type { ImportedTrial } from './store.ts'
import { checkSteps, finishedTrial, startedTrial, type TrialBefore, type TrialPlace } from './trial-life.ts'

/** What is to be written of a trial at the next flush: its newest state, whatever it went through since the last. */
export interface PendingTrial {
  readonly record: TrialRecord
  /** True if the store may hold results of an earlier attempt. */
  readonly again: boolean
  readonly measurements: readonly TimedMeasurement[]
  artifact: Uint8Array | null
}

/** What a writer gathers of a study whose lease it holds, until the next flush. */
export interface HeldStudy {
  readonly tieMetric: TieMetric | null
  /** Trials started by this writer and not finished. */
  readonly running: Map<number, TrialRecord>
  readonly pending: Map<number, PendingTrial>
  /** Measurements of running trials, to be added to those that the store has. */
  readonly live: Map<number, TimedMeasurement[]>
  /** Running trials of which the store has measurements. */
  readonly shown: Set<number>
  /** The trials whose artifacts may stay; null for all. Applied before the pending ones are added. */
  kept: ReadonlySet<number> | null
  /** True once the study's row says that it is running. */
  marked: boolean
  /** The highest number among the trials in the store; -1 for none. */
  highest: number
}

export function newlyHeld(tieMetric: TieMetric | null, marked: boolean, highest = -1): HeldStudy {
  return {
    tieMetric,
    running: new Map(),
    pending: new Map(),
    live: new Map(),
    shown: new Set(),
    kept: null,
    marked,
    highest,
  }
}

/** @param stored what the store has of the trial, if it isn't pending. */
export function gatherStart(
  held: HeldStudy,
  stored: TrialBefore | undefined,
  spec: TrialSpec,
  place: TrialPlace,
  now: number,
): void {
  const pending = held.pending.get(spec.number)
  const record = startedTrial(pending?.record ?? stored, spec, place, now)
  const again = pending?.again === true || stored !== undefined || held.shown.has(spec.number)
  held.live.delete(spec.number)
  held.running.set(spec.number, record)
  held.pending.set(spec.number, { record, again, measurements: [], artifact: null })
}

/** @param stored what the store has of the trial */
export function gatherAdopted(held: HeldStudy, number: TrialNumber, stored: TrialRecord | undefined): void {
  held.running.set(number, runningRecord(number, stored))
  // It may have measurements there.
  held.shown.add(number)
}

/** @throws Error if there is no such trial, or it does not run */
export function runningRecord(number: TrialNumber, stored: TrialRecord | undefined): TrialRecord {
  if (stored?.state === 'running') return stored
  throw new Error(`Trial ${number} is ${stored?.state ?? 'not there'}: it can't be taken over.`)
}

export function gatherFinish(
  held: HeldStudy,
  number: number,
  outcome: TrialOutcome,
  keepArtifact: boolean,
): void {
  const running = held.running.get(number)
  if (running === undefined) throw new Error(`Trial ${number} was not started by this writer.`)
  const record = finishedTrial(running, outcome, held.tieMetric)
  const stopped = record.state === 'waiting'
  // A trial whose start is committed has no results in the store but those it has shown since.
  const again = (held.pending.get(number)?.again ?? false) || held.shown.has(number)
  held.live.delete(number)
  held.running.delete(number)
  held.pending.set(number, {
    record,
    again,
    measurements: stopped ? [] : outcome.measurements,
    artifact: keepArtifact && !stopped ? outcome.artifact : null,
  })
}

export function gatherMeasurements(
  held: HeldStudy,
  number: number,
  measurements: readonly TimedMeasurement[],
): void {
  if (!held.running.has(number)) throw new Error(`Trial ${number} was not started by this writer.`)
  held.live.set(number, [...(held.live.get(number) ?? []), ...measurements])
}

/** Whether a flush has anything to write. */
export function hasGathered(held: HeldStudy): boolean {
  return held.pending.size > 0 || held.live.size > 0 || held.kept !== null
}

export function gatherKeep(held: HeldStudy, trials: readonly number[]): void {
  const kept = new Set(trials)
  for (const [number, pending] of held.pending) {
    if (!kept.has(number)) pending.artifact = null
  }
  held.kept = held.kept === null ? kept : kept.intersection(held.kept)
}

/** Trials from elsewhere, as if they had just ended. @throws Error if one is not finished or has no origin */
export function gatherImported(trials: readonly ImportedTrial[]): HeldStudy {
  const held = newlyHeld(null, true)
  for (const { record, measurements } of trials) {
    if (!isFinished(record))
      throw new Error(`Trial ${record.number} is ${record.state}: it can't be imported.`)
    if (record.origin === null) throw new Error(`Trial ${record.number} has no origin.`)
    if (held.pending.has(record.number)) throw numberTaken(record.number)
    checkSteps(record.number, measurements)
    held.pending.set(record.number, { record, again: false, measurements, artifact: null })
  }
  return held
}

export function numberTaken(number: TrialNumber): Error {
  return new Error(`There is a trial ${number} already.`)
}

/** After a commit. */
export function gatherAnew(held: HeldStudy): void {
  held.marked ||= held.pending.size > 0
  for (const number of held.pending.keys()) {
    held.shown.delete(number)
    held.highest = Math.max(held.highest, number)
  }
  for (const number of held.live.keys()) held.shown.add(number)
  held.pending.clear()
  held.live.clear()
  held.kept = null
}
