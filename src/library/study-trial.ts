import type { Params } from '../space/distribution.ts'
import { copySpec, type TimedMeasurement, type TrialRecord } from '../trial.ts'

/** A trial as stored, its params with the types of the space. */
export interface StudyTrial<P extends Params = Params> extends Omit<TrialRecord, 'params'> {
  readonly params: P
}

/** A trial that the caller may change: a store in memory hands out the records that it keeps. */
export function ownTrial<P extends Params>(trial: TrialRecord): StudyTrial<P> {
  const { metrics, error } = trial
  const copy: TrialRecord = {
    ...copySpec(trial),
    metrics: { ...metrics },
    error: error === null ? null : { ...error },
  }
  return copy as unknown as StudyTrial<P>
}

/** A measurement that the caller may change. */
export function ownMeasurement(measurement: TimedMeasurement): TimedMeasurement {
  return { ...measurement, metrics: { ...measurement.metrics } }
}
