import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Budget } from '../trial.ts'

/** What a trial's objective is given. */
export interface TrialContext<P extends Params = Params> {
  readonly number: number
  /** Tells apart trials that run at the same time, for a GPU or port each: from 0, below the number of workers. */
  readonly slot: number
  readonly params: P
  readonly budget: Budget
  /** Seed everything random from this; a whole number in [0, 2^48). */
  readonly seed: number
  /** How many times the trial was started, this time included; from 1. */
  readonly attempt: number
  /** The artifact of the trial that this one continues; null to start from scratch. */
  readonly continued: Uint8Array | null
  /** The folder of that trial, if it has one, with its checkpoint. */
  readonly continuedFolder: string | null
  /** A folder for this trial's files, such as checkpoints: made when first asked for, and empty then. */
  readonly folder: string
  /** The stage's index, from 0. */
  readonly stage: number
  /** Shows a message to the user. */
  readonly warn: (sentence: string) => void
  /** True once the trial should end early: long work between two measurements may look at it. */
  readonly stopRequested: () => boolean
  /** Aborted once the trial should end early, for asynchronous work: a request, a timer, another program. */
  readonly signal: AbortSignal
}

/** A measurement as an objective or a caller gives it: it may leave out the metrics. */
export interface GivenMeasurement {
  readonly step: number
  readonly value: number
  readonly metrics?: Readonly<Record<string, number>>
}

/** What an objective may leave behind when it is done. */
export interface TrialResult {
  /** Kept in the store while the trial is among the best. The objective must not use its buffer afterwards. */
  readonly artifact?: Uint8Array
  /** `fma` or `muladd`, with the kernels' variant. */
  readonly arithmetic?: string
}

// biome-ignore lint/suspicious/noConfusingVoidType: a generator function without a return statement returns void.
type Returned = TrialResult | undefined | void

export type Measurements =
  | Generator<GivenMeasurement, Returned, void>
  | AsyncGenerator<GivenMeasurement, Returned, void>

/**
 * What is measured: a generator of measurements, the last of which is the trial's value. The executor pulls them, and
 * stops a trial by no longer pulling (the generator's `return` is called, so `finally` blocks run).
 */
export interface Objective<P extends Params = Params> {
  /** The space that it defines; null if the study defines it. */
  readonly space: SearchSpace | null
  run(context: TrialContext<P>): Measurements
}

/** Thrown by an objective when a trial cannot continue because a number became NaN or infinite: it ends as `diverged`. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError'
}

/** Thrown by an objective to end a trial as `failed` with a code of its own instead of `threw`. */
export class FailedError extends Error {
  override readonly name = 'FailedError'
  readonly code: string
  /** More lines for people, such as the end of a program's output. */
  readonly details: string | null

  /** @param message one sentence for people */
  constructor(code: string, message: string, details: string | null = null) {
    super(message)
    this.code = code
    this.details = details
  }
}
