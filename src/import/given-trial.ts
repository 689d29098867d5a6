import type { ParamValue } from '../space/distribution.ts'
import type { Direction, FinishedState, Measurement } from '../trial.ts'

/** A trial as a source has it, before it is fitted to a study. */
export interface GivenTrial {
  /** Where in its source it stands: `trial 12`, `row 3`. */
  readonly label: string
  /** By name; values may be texts, as in a CSV file. */
  readonly params: Readonly<Record<string, ParamValue>>
  /** Null for one that has not ended: it is not imported. */
  readonly state: FinishedState | null
  /** What it ranks by; null for none. */
  readonly value: number | null
  /** How many epochs it ran; null if the source does not say. */
  readonly epochs: number | null
  /** How many it was to run; null if the source does not say. */
  readonly budget: number | null
  /** In order of step, from 1. May be empty. */
  readonly measurements: readonly (Measurement & { readonly seconds?: number })[]
  /** Of the step of its value. */
  readonly metrics: Readonly<Record<string, number>>
  /** 0 if the source does not say. */
  readonly seed: number
  /** Why it failed; null if it did not. */
  readonly error: string | null
  /** How long it took, in seconds; 0 if the source does not say. */
  readonly seconds: number
}

/** The trials of a source. */
export interface GivenTrials {
  /** As the origin of a trial begins: `trials.csv`, `study coarse of old.db`. */
  readonly name: string
  /** Null if the source does not say. */
  readonly direction: Direction | null
  readonly metric: string | null
  readonly trials: readonly GivenTrial[]
  /** What was not understood and left out, a sentence each, without its full stop. */
  readonly remarks: readonly string[]
}

/** What every field is where a source does not say. */
export const UNSAID: Omit<GivenTrial, 'label' | 'params' | 'state' | 'value'> = {
  epochs: null,
  budget: null,
  measurements: [],
  metrics: {},
  seed: 0,
  error: null,
  seconds: 0,
}
