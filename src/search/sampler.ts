import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction, TrialState } from '../trial.ts'
import type { StagePlan } from './stage-plan.ts'

/** What a sampler may know of a finished trial. A TrialRecord is one. */
export interface PastTrial {
  readonly number: number
  readonly stage: number
  readonly params: Params
  readonly state: TrialState
  /** Null unless it is complete or pruned. */
  readonly value: number | null
  /** The objective's second metric, signed so that lower is better; null or left out if it has none. */
  readonly tie?: number | null
  /** How many epochs it ran; values of different budgets are not comparable. */
  readonly epochs: number
}

/** Everything that decides a trial's params. Plain data: the same request gives the same proposal. */
export interface ProposalRequest {
  readonly seed: number
  readonly stages: readonly StagePlan[]
  /** The stage's index in its study, from 0. */
  readonly stage: number
  /** The trial's index within its stage, from 0. */
  readonly index: number
  /** Where to draw: the stage's (narrowed) box. */
  readonly space: SearchSpace
  /** The whole range of the study. */
  readonly root: SearchSpace
  readonly direction: Direction
  /** All trials of the stages before, in order of number, all finished. */
  readonly earlier: readonly PastTrial[]
  /**
   * The first `visibleCount(index, lag)` trials of this stage, in order of number, all finished. Read only by
   * adaptive samplers; may be empty for the others.
   */
  readonly history: readonly PastTrial[]
  /** Params of the trials after those in `history` and before this one, proposed but perhaps not finished. */
  readonly pending: readonly Params[]
  /**
   * Keys (`pointKey`) of all points proposed before this one in this stage, and in the stages before that had the
   * same epochs (`takenBefore`): not to be run again while others remain.
   */
  readonly taken: ReadonlySet<string>
}

/** Draws the params of a trial. Pure: no state, no clock, no generator. */
export interface Sampler {
  /** Its name in a study file and in the record of each stage. */
  readonly name: string
  /** True if `history` decides: a trial then waits for the results that the lag lets it see; otherwise it never waits. */
  readonly adaptive: boolean
  /** How the points of a stage are drawn, for `explain`, to follow a comma: `drawn at random`. By default `drawn by NAME`. */
  readonly sentence?: string
  /**
   * Called once for each trial, when it is about to start; returns a point of `request.space` (all active parameters
   * set) that satisfies its constraints. Throws UserError('usage') if no such point is found.
   */
  propose(request: ProposalRequest): Params
}

/** The stream that all trials of the request's stage share, for a purpose. */
export function stageStream({ seed, stage }: ProposalRequest, purpose: string): (string | number)[] {
  return [seed, 'stage', stage, purpose]
}

/** The stream of the request's trial alone, for a purpose. */
export function trialStream({ seed, stage, index }: ProposalRequest, purpose: string): (string | number)[] {
  return [seed, 'stage', stage, 'trial', index, purpose]
}
