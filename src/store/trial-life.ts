import type { TimedMeasurement, TrialOutcome, TrialRecord, TrialSpec, TrialState } from '../trial.ts'

/** A trial can begin (again) in these states; what has succeeded or diverged is never run over. */
const STARTABLE: readonly TrialState[] = ['waiting', 'running', 'failed']

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
  host: string,
  now: number,
): TrialRecord {
  if (before !== undefined && !STARTABLE.includes(before.state)) {
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
    epochs: 0,
    metrics: {},
    error: null,
    attempts: (before?.attempts ?? 0) + 1,
    arithmetic: null,
    host,
    startedAt: now,
    durationMs: null,
  }
}

/**
 * The record of a trial that has ended; one that was stopped waits to be run from its beginning.
 *
 * @throws Error if the steps of its measurements are not whole numbers that rise.
 */
export function finishedTrial(running: TrialRecord, outcome: TrialOutcome): TrialRecord {
  if (outcome.state === 'stopped') {
    return { ...running, state: 'waiting', host: null, startedAt: null }
  }
  checkSteps(running.number, outcome.measurements)
  const last = outcome.measurements.at(-1)
  const ranked = outcome.state === 'complete' || outcome.state === 'pruned'
  const value = ranked && last !== undefined && !Number.isNaN(last.value) ? last.value : null
  return {
    ...running,
    state: outcome.state,
    value,
    epochs: last?.step ?? 0,
    metrics: last?.metrics ?? {},
    error: outcome.error,
    arithmetic: outcome.arithmetic,
    startedAt: outcome.startedAt,
    durationMs: outcome.durationMs,
  }
}

function checkSteps(trial: number, measurements: readonly TimedMeasurement[]): void {
  let previous = Number.NEGATIVE_INFINITY
  for (const { step } of measurements) {
    if (!Number.isSafeInteger(step) || step <= previous) {
      throw new Error(`Trial ${trial}: steps must be whole numbers that rise, got ${step} after ${previous}.`)
    }
    previous = step
  }
}
