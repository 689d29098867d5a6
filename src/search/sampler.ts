import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction, TrialState } from '../trial.ts'

/** What a sampler may know of a finished trial. A TrialRecord is one. */
export interface PastTrial {
  readonly number: number
  readonly stage: number
  readonly params: Params
  readonly state: TrialState
  /** Null unless it is complete or pruned. */
  readonly value: number | null
  /** What decides between equal values, lower is better; null or left out if nothing does. */
  readonly tie?: number | null
  /** How many epochs it ran; values of different budgets are not alike. */
  readonly epochs: number
}

/** Everything a proposal depends on. Plain data: the same request gives the same point. */
export interface ProposalRequest {
  /** Where to draw: the stage's (narrowed) box. */
  readonly space: SearchSpace
  /** The trial's index within its stage, from 0. */
  readonly index: number
  /** How many trials the stage has. */
  readonly trials: number
  /** The stage's index in its study, from 0. */
  readonly stage: number
  /** Each stage's epochs, by index: only values after the same epochs are alike. */
  readonly stageEpochs: readonly number[]
  /** All trials of the stages before, in order of number. Read only by adaptive samplers. */
  readonly earlier: readonly PastTrial[]
  /** Trials 0 .. index - lag of this stage, in order of number. Read only by adaptive samplers. */
  readonly history: readonly PastTrial[]
  /** Params of the trials after those in `history` and before this one, proposed but perhaps not finished. */
  readonly pending: readonly Params[]
  /** Keys (`pointKey`) of points that are not to be run again while others remain. */
  readonly taken: ReadonlySet<string>
  readonly direction: Direction
  /** Names the streams to draw from: `stream([...streamName, 'what for'])`. It differs for each trial, not for each stage. */
  readonly streamName: readonly (string | number)[]
  /** The same for all trials of the stage: what a shuffled sequence is keyed by. */
  readonly stageStreamName: readonly (string | number)[]
}

/** Draws the params of trial `index` of a stage. Pure: no state, no clock, no generator of its own. */
export interface Sampler {
  readonly name: string
  /** True if `history` decides: then a trial waits for the results that the lag lets it see; else it never waits. */
  readonly adaptive: boolean
  /**
   * Called once for each trial, when it is about to start; returns a point of `space` (all active parameters set)
   * that keeps its constraints. Throws UserError('usage') if no such point is found.
   */
  propose(request: ProposalRequest): Params
}
