import { own } from '../space/own.ts'
import {
  type TieMetric,
  type TimedMeasurement,
  TRIAL_STATES,
  type TrialOutcome,
  type TrialRecord,
  type TrialSpec,
  type TrialState,
} from '../trial.ts'

/** Where an attempt runs. */
export interface TrialPlace {
  readonly host: string
  readonly slot: number | null
}

/** What decides whether and as which attempt a trial can begin. */
export interface TrialBefore {
  readonly state: TrialState
  readonly attempts: number
}

/**
 * The record of a trial that begins.
 *
 * @param before what the store knows of it: undefined the first time.
 * @throws Error if it has ended for good: starting it again would lose a result.
 */
export function startedTrial(
  before: TrialBefore | undefined,
  spec: TrialSpec,
  { host, slot }: TrialPlace,
  now: number,
): TrialRecord {
  if (before !== undefined && !TRIAL_STATES[before.state].startable) {
    throw new Error(`Trial ${spec.number} is ${before.state}: it can't be started again.`)
  }
  return {
    number: spec.number,
    stage: spec.stage,
    params: spec.params,
    seed: spec.seed,
    budget: { epochs: spec.budget.epochs },
    continues: spec.continues,
    state: 'running',
    value: null,
    tie: null,
    epochs: 0,
    metrics: {},
    error: null,
    attempts: (before?.attempts ?? 0) + 1,
    arithmetic: null,
    host,
    slot,
    origin: null,
    startedAt: now,
    durationMs: null,
  }
}

/**
 * The record of a trial that has ended; one that was stopped waits to be run from its beginning.
 *
 * @param tieMetric the study's
 * @throws Error if the steps of its measurements are not whole numbers that rise.
 */
export function finishedTrial(
  running: TrialRecord,
  outcome: TrialOutcome,
  tieMetric: TieMetric | null,
): TrialRecord {
  if (outcome.state === 'stopped') {
    return { ...running, state: 'waiting', host: null, slot: null, startedAt: null }
  }
  const { measurements } = outcome
  checkSteps(running.number, measurements)
  const last = measurements.at(-1)
  const hasResult = TRIAL_STATES[outcome.state].ranked && last !== undefined && !Number.isNaN(last.value)
  const metrics = measurementOfValue(measurements)?.metrics ?? {}
  return {
    ...running,
    state: outcome.state,
    value: hasResult ? last.value : null,
    tie: hasResult && tieMetric !== null ? tieOf(metrics, tieMetric) : null,
    epochs: last?.step ?? 0,
    metrics,
    error: outcome.error,
    arithmetic: outcome.arithmetic,
    host: outcome.host ?? running.host,
    slot: outcome.slot ?? running.slot,
    startedAt: outcome.startedAt,
    durationMs: outcome.durationMs,
  }
}

/** The metric `bestEpoch` names the step that a value is of, where that is not the last: an objective that keeps its best. */
function measurementOfValue(measurements: readonly TimedMeasurement[]): TimedMeasurement | undefined {
  const last = measurements.at(-1)
  const best = last?.metrics.bestEpoch
  return best === undefined ? last : (measurements.findLast(({ step }) => step === best) ?? last)
}

/** Lower is better; null if the trial did not report the metric. */
function tieOf(metrics: TrialRecord['metrics'], { metric, direction }: TieMetric): number | null {
  const value = own(metrics, metric)
  if (value === undefined || Number.isNaN(value)) return null
  // 0 - value: the negative of 0 would be -0.
  return direction === 'minimize' ? value : 0 - value
}

/** @throws Error if the steps are not whole numbers that rise */
export function checkSteps(trial: number, measurements: readonly TimedMeasurement[]): void {
  let previous = Number.NEGATIVE_INFINITY
  for (const { step } of measurements) {
    if (!Number.isSafeInteger(step) || step <= previous) {
      throw new Error(
        `Trial ${trial}: steps must be increasing whole numbers, got ${step} after ${previous}.`,
      )
    }
    previous = step
  }
}
