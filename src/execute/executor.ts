import type { Direction, GivenFolders, TimedMeasurement, TrialOutcome, TrialSpec } from '../trial.ts'

/** A trial and what it needs to run once. */
export interface TrialTask {
  readonly spec: TrialSpec
  /** The artifact of `spec.continues`; null to start from scratch. */
  readonly continued: Uint8Array | null
  /** Which of the running trials it is: from 0, below the executor's slots when it began; no two running trials share one. */
  readonly slot: number
  /** How many times the trial was started, this time included; from 1. */
  readonly attempt: number
  /** How long this attempt may take, wall clock, hard; null for no limit. */
  readonly timeoutMs: number | null
  /** Ascending epochs at which it waits for a verdict; none by default. */
  readonly rungs?: readonly number[]
  /**
   * An artifact of a trial with a worse value than this will not be kept, so it need not be fetched from elsewhere; if
   * null or left out, any artifact may be kept.
   */
  readonly artifactFloor?: ArtifactFloor | null
  /** Its folders, for an attempt that another machine has sent; by default they are where the study has its own. */
  readonly folders?: GivenFolders | null
}

export interface ArtifactFloor {
  readonly value: number
  readonly direction: Direction
}

/** What happens to a trial at a rung: `stop` ends it, to be run again. */
export type RungVerdict = 'go-on' | 'prune' | 'stop'

/** Runs trials. It decides nothing: the study decides which trials run, when and how often. */
export interface Executor {
  /** How many trials it can run at once now; may change while it runs, also to 0. */
  readonly slots: number
  /** Calls `changed` after each change of `slots`, until the returned function is called. Absent if they never change. */
  onSlotsChanged?(changed: () => void): () => void
  /**
   * Runs one attempt. Never rejects for what a trial does: a throw, an exit or a timeout comes back as `failed`. Rejects
   * if the trial's folder cannot be used, which ends the study.
   * `stopped` without a call of `stop` or `close`: the attempt was lost with the slot it ran in, and is to run again.
   * One that is pruned at a rung has the measurements up to it, and no artifact.
   *
   * @param onMeasurement called on this thread while the trial runs, in order, a few milliseconds late; the outcome
   *   holds all measurements again.
   * @param onRung called after `onMeasurement` when the trial has come to its next rung and waits for the verdict; the
   *   wait counts neither towards its time limit nor as its time. An executor that can't make a trial wait never calls
   *   it and lets the trial run on: the study drops measurements past a rung at which the trial was to be pruned.
   */
  run(
    task: TrialTask,
    onMeasurement: (measurement: TimedMeasurement) => void,
    onRung?: (measurement: TimedMeasurement) => Promise<RungVerdict>,
  ): Promise<TrialOutcome>
  /** Asks a running trial to end at its next chance; its outcome is then `stopped`. Unknown numbers are ignored. */
  stop(trial: number): void
  /** Ends all running trials at once (their outcomes are `stopped`) and frees the threads. */
  close(): Promise<void>
}
