import type { TieMetric, TimedMeasurement, TrialOutcome, TrialRecord, TrialSpec } from '../trial.ts'
import { finishedTrial, startedTrial, type TrialBefore, type TrialPlace } from './trial-life.ts'

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
  /** The trials whose artifacts may stay; null for all. Applied before the pending ones are added. */
  kept: ReadonlySet<number> | null
  /** True once the study's row says that it is running. */
  marked: boolean
}

export function newlyHeld(tieMetric: TieMetric | null, marked: boolean): HeldStudy {
  return { tieMetric, running: new Map(), pending: new Map(), kept: null, marked }
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
  const again = pending?.again ?? stored !== undefined
  held.running.set(spec.number, record)
  held.pending.set(spec.number, { record, again, measurements: [], artifact: null })
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
  // A trial whose start is committed has no results in the store: they were dropped when it started.
  const again = held.pending.get(number)?.again ?? false
  held.running.delete(number)
  held.pending.set(number, {
    record,
    again,
    measurements: stopped ? [] : outcome.measurements,
    artifact: keepArtifact && !stopped ? outcome.artifact : null,
  })
}

export function gatherKeep(held: HeldStudy, trials: readonly number[]): void {
  const kept = new Set(trials)
  for (const [number, pending] of held.pending) {
    if (!kept.has(number)) pending.artifact = null
  }
  held.kept = held.kept === null ? kept : kept.intersection(held.kept)
}

/** After a commit. */
export function gatherAnew(held: HeldStudy): void {
  held.marked ||= held.pending.size > 0
  held.pending.clear()
  held.kept = null
}
