import type { Evaluation, StageRecord, StudyRecord } from '../store/store.ts'
import type { TimedMeasurement, TrialRecord } from '../trial.ts'

/** Rises when a field changes its meaning or goes; a new field does not raise it. */
export const SCHEMA_VERSION = 1

/** The head that all documents about a study share. */
export function studyHead(study: StudyRecord) {
  return {
    schemaVersion: SCHEMA_VERSION,
    study: study.name,
    direction: study.direction,
    metric: study.metric,
  } as const
}

/** A trial as `best --json` shows it. Numbers that JSON can't hold (NaN, infinities) become null. */
export function trialSummary(trial: TrialRecord, stages: readonly StageRecord[]) {
  return {
    number: trial.number,
    stage: stageName(trial.stage, stages),
    state: trial.state,
    value: trial.value,
    epochs: trial.epochs,
    params: trial.params,
    metrics: trial.metrics,
    seed: trial.seed,
    durationMs: trial.durationMs,
  }
}

/** All that is known of a trial but its measurements. */
export function trialDetails(trial: TrialRecord, stages: readonly StageRecord[]) {
  return {
    ...trialSummary(trial, stages),
    budget: trial.budget,
    continues: trial.continues,
    attempts: trial.attempts,
    startedAt: isoMoment(trial.startedAt),
    host: trial.host,
    arithmetic: trial.arithmetic,
    origin: trial.origin,
    error: trial.error === null ? null : { code: trial.error.code, message: trial.error.message },
  }
}

/** A study as `studies`, `status` and the exports show it. */
export function studyDetails(study: StudyRecord) {
  return {
    id: study.id,
    name: study.name,
    state: study.state,
    endReason: study.endReason,
    seed: study.seed,
    direction: study.direction,
    metric: study.metric,
    lag: study.lag,
    createdAt: isoMoment(study.createdAt),
    finishedAt: isoMoment(study.finishedAt),
    notes: study.notes,
    comment: study.comment,
    tags: study.tags,
    fingerprints: study.fingerprints,
    codeVersion: study.codeVersion,
  }
}

export function measurementJson(measurement: TimedMeasurement) {
  const { step, value, metrics, seconds } = measurement
  return { step, value, metrics, seconds }
}

export function stageName(index: number, stages: readonly StageRecord[]): string {
  return stages[index]?.name ?? `stage ${index + 1}`
}

/** ISO 8601 in UTC. */
export function isoMoment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/**
 * A document with one long list, in pieces, so that a list of any length needs little memory: the head's fields one a
 * line, then each item on a line of its own.
 */
export function* jsonDocument(
  head: Readonly<Record<string, unknown>>,
  listName: string,
  items: Iterable<unknown>,
): Generator<string> {
  yield '{\n'
  for (const [name, value] of Object.entries(head)) {
    if (value !== undefined) yield `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`
  }
  yield `  ${JSON.stringify(listName)}: [`
  let first = true
  for (const item of items) {
    yield `${first ? '\n' : ',\n'}    ${JSON.stringify(item)}`
    first = false
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n'
}

/** What a kept network was found to be worth, as `show --json` and `status --json` have it. */
export function evaluationRecordJson(evaluation: Evaluation) {
  return { ...evaluation, at: isoMoment(evaluation.at) }
}
