import { readMeasurement } from '../execute/read-measurement.ts'
import type { GivenMeasurement } from '../objective/objective.ts'
import type { TimedMeasurement, TrialOutcome, TrialRecord } from '../trial.ts'

/**
 * The result of a trial that was run elsewhere: its value; all its measurements, the last of which gives the value;
 * `failed`, for good; or `again`, to hand it out once more.
 */
export type Told = number | readonly GivenMeasurement[] | 'failed' | 'again'

/**
 * The outcome of a trial that was run elsewhere. A value that is NaN or infinite is a divergence, as in a run.
 * @param now milliseconds since the epoch
 * @param step what a value alone is measured at
 * @throws FailedError('bad-measurement') for a measurement that breaks a rule
 */
export function toldOutcome(told: Told, { startedAt }: TrialRecord, now: number, step: number): TrialOutcome {
  const began = startedAt ?? now
  const durationMs = Math.max(0, now - began)
  const rest = { artifact: null, arithmetic: null, slot: null, host: null, startedAt: began, durationMs }
  if (told === 'again') return { ...rest, state: 'stopped', measurements: [], error: null }
  if (told === 'failed') {
    const error = { code: 'told', message: 'It was reported as failed', stack: null }
    return { ...rest, state: 'failed', measurements: [], error }
  }
  const given = typeof told === 'number' ? [{ step, value: told }] : told
  const measurements: TimedMeasurement[] = []
  for (const each of given) {
    const measurement = readMeasurement(each, measurements.at(-1)?.step ?? 0, durationMs / 1000)
    if (!Number.isFinite(measurement.value)) {
      const message = `The value became ${measurement.value} at step ${measurement.step}`
      const error = { code: 'diverged', message, stack: null }
      return { ...rest, state: 'diverged', measurements, error }
    }
    measurements.push(measurement)
  }
  if (measurements.length > 0) return { ...rest, state: 'complete', measurements, error: null }
  const error = { code: 'bad-measurement', message: 'No measurement was reported', stack: null }
  return { ...rest, state: 'failed', measurements, error }
}
