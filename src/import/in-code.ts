import type { Params } from '../space/distribution.ts'
import type { FinishedState } from '../trial.ts'
import { type GivenTrials, UNSAID } from './given-trial.ts'

/** A finished trial as code gives it. */
export interface TrialToImport {
  readonly params: Params
  /** What it ranks by; null or left out for one that failed. */
  readonly value?: number | null
  /** `complete` by default where there is a value, else `failed`. */
  readonly state?: FinishedState
  /** How many epochs it ran; those of the study's last stage by default. */
  readonly epochs?: number
  readonly metrics?: Readonly<Record<string, number>>
}

/** Trials in code as those of a source. */
export function givenInCode(trials: readonly TrialToImport[]): GivenTrials {
  return {
    name: 'code',
    direction: null,
    metric: null,
    remarks: [],
    trials: trials.map(({ params, value = null, state, epochs = null, metrics = {} }, index) => ({
      ...UNSAID,
      label: `entry ${index}`,
      params,
      value,
      epochs,
      metrics,
      state: state ?? (value === null ? 'failed' : 'complete'),
    })),
  }
}
