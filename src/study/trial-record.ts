import type { TrialOutcome, TrialRecord, TrialSpec } from '../trial.ts'

/** A finished attempt as a record; the same a store gives back for it. The outcome must not be `stopped`. */
export function toTrialRecord(
  spec: TrialSpec,
  outcome: TrialOutcome,
  attempts: number,
  host: string,
): TrialRecord {
  if (outcome.state === 'stopped') throw new RangeError(`Trial ${spec.number} was stopped: it has no record.`)
  const last = outcome.measurements.at(-1)
  return {
    ...spec,
    state: outcome.state,
    value: outcome.state === 'complete' || outcome.state === 'pruned' ? (last?.value ?? null) : null,
    epochs: last?.step ?? 0,
    metrics: last?.metrics ?? {},
    error: outcome.error,
    attempts,
    arithmetic: outcome.arithmetic,
    host,
    startedAt: outcome.startedAt,
    durationMs: outcome.durationMs,
  }
}
