import type { Params } from './space/distribution.ts'

export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'diverged' | 'failed'

/** The states in which a trial has ended. */
export const FINISHED_STATES: readonly TrialState[] = ['complete', 'pruned', 'diverged', 'failed']

export type Direction = 'minimize' | 'maximize'

/** What a trial may spend. */
export interface Budget {
  readonly epochs: number
}

/** What is to be run: a function of the study's seed, the stage, the number and the visible results alone. */
export interface TrialSpec {
  /** From 0, counted over the whole study. */
  readonly number: number
  /** The stage's index, from 0. */
  readonly stage: number
  readonly params: Params
  /** Seeds everything random inside the trial; a whole number in [0, 2^48). */
  readonly seed: number
  readonly budget: Budget
  /** The number of the trial whose kept weights this one continues; null to start anew. */
  readonly continues: number | null
}

/** What an objective reports at a step, an epoch by default. */
export interface Measurement {
  /** Rises within a trial; from 1. */
  readonly step: number
  /** What the study ranks by; NaN or an infinity ends the trial as diverged. */
  readonly value: number
  /** Anything else worth keeping, by name: trainLoss, validAccuracy, learningRate. Reproducible like the value. */
  readonly metrics: Readonly<Record<string, number>>
}

/** A measurement as kept: `seconds` of wall clock since the trial began. Not part of a digest. */
export interface TimedMeasurement extends Measurement {
  readonly seconds: number
}

/** Why a trial did not complete. */
export interface TrialError {
  /** One sentence for people, without its full stop. */
  readonly message: string
  /** `diverged`, `threw`, `exited`, `timeout`, `out-of-memory`, `bad-measurement`, ... */
  readonly code: string
  readonly stack: string | null
}

/** How a trial ended, as the executor tells it. `stopped`: told to end before it was done, so it must run again. */
export interface TrialOutcome {
  readonly state: 'complete' | 'pruned' | 'diverged' | 'failed' | 'stopped'
  readonly measurements: readonly TimedMeasurement[]
  readonly error: TrialError | null
  /** What the objective wants kept if the trial is among the best: a network's weights. Owned by the receiver. */
  readonly artifact: Uint8Array | null
  /** How its numbers were computed, `fma` or `muladd`, with the kernels' variant; null if the objective does not say. */
  readonly arithmetic: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
}

/** A trial as stored. */
export interface TrialRecord extends TrialSpec {
  readonly state: TrialState
  /** The last measurement's value; null unless it is complete or pruned. */
  readonly value: number | null
  /** The last measurement's step: how many epochs it ran. 0 before the first. */
  readonly epochs: number
  /** The last measurement's metrics. */
  readonly metrics: Readonly<Record<string, number>>
  readonly error: TrialError | null
  /** How many times it was started. */
  readonly attempts: number
  readonly arithmetic: string | null
  readonly host: string | null
  /** Milliseconds since the epoch; null while waiting. */
  readonly startedAt: number | null
  readonly durationMs: number | null
}
