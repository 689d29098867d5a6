import type { ObjectiveSettings } from '../objective/source.ts'
import type { StagePlan, StopSettings } from '../search/stage-plan.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'

/** A study file, resolved: every default filled in, every path absolute. Plain JSON; the store keeps it whole. */
export interface Experiment {
  readonly name: string
  readonly seed: number
  readonly direction: Direction
  readonly metric: string
  /** Trial n of a stage may see trials 0 .. n - lag of its stage; 1 or more. */
  readonly lag: number
  readonly objective: ObjectiveSettings
  readonly space: SearchSpace
  readonly stages: readonly StagePlan[]
  /**
   * Set where the study file leaves all epochs open: the stages have the usual ones, and a small table may raise them.
   * An experiment that is opened or stored has it decided, in `stages`.
   */
  readonly epochsOpen?: true | undefined
  readonly limits: Limits
  /** When the study has nothing left to win and ends before its last trial; nulls for never. */
  readonly stop: StopSettings
}

export interface Limits {
  /** Seconds one attempt of a trial may take; null for no limit. */
  readonly trialTimeout: number | null
  /** How often a failed trial runs again. */
  readonly retries: number
  /** This many failed trials in a row end the study; null for never. */
  readonly maxFailures: number | null
  /** Seconds the whole study may take; null for no limit. A study that it ended says so. */
  readonly timeout: number | null
  /** Epochs of all trials together; null for no limit. */
  readonly maxEpochs: number | null
  /** JavaScript heap that a trial of a module may take, in MB: arrays of numbers and data sets do not count. */
  readonly heapMb: number
}
