import type { TimedMeasurement, TrialError, TrialOutcome } from '../trial.ts'

/** The outcome of an attempt that did not get to run its objective. */
export function unstarted(state: TrialOutcome['state'], error: TrialError | null): TrialOutcome {
  return cutOff(state, error, [], Date.now())
}

/**
 * The outcome of an attempt that was ended from outside, as far as it was seen.
 * @param startedAt milliseconds since the epoch
 */
export function cutOff(
  state: TrialOutcome['state'],
  error: TrialError | null,
  measurements: readonly TimedMeasurement[],
  startedAt: number,
): TrialOutcome {
  return {
    state,
    measurements,
    error,
    artifact: null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt,
    durationMs: Math.max(0, Date.now() - startedAt),
  }
}
