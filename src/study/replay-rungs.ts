import type { StageRecord, StudyReader } from '../store/store.ts'
import { type Direction, isFinished, type StudyId, type TrialRecord } from '../trial.ts'
import { RungLedger, type RungPeer, type RungStanding } from './rung-ledger.ts'

/** A stage's trials at its rungs, as its store has them: what was decided follows from what they measured. */
export interface ReplayedRungs {
  /** The rungs' epochs, ascending. */
  readonly at: readonly number[]
  readonly reduce: number
  /** In order of number. */
  readonly trials: readonly TrialRecord[]
  /** How a trial of the stage, by its place in `trials`, compared at each rung that it came to. */
  standings(index: number): readonly RungStanding[]
  /** The trials that it was compared with at the rung of that epoch, in order of number. */
  peersAt(index: number, at: number): readonly RungPeer[]
}

/**
 * Puts what the trials of a stage measured through the rule that a running study follows; null for a stage without
 * rungs. Of a trial that ran several times the last attempt counts, of a failed one what it measured before.
 *
 * @param last the number of the last trial that matters; all of them if left out
 */
export function replayRungs(
  reader: StudyReader,
  study: StudyId,
  stage: StageRecord,
  direction: Direction,
  last?: number,
): ReplayedRungs | null {
  if (stage.rungs === null) return null
  const limit = last === undefined ? undefined : last - stage.firstTrial + 1
  const trials = reader.trials(study, { stage: stage.index, limit })
  const ledger = new RungLedger(stage.rungs, stage.epochs, null, direction)
  for (const [index, trial] of trials.entries()) {
    ledger.add(trial)
    for (const measurement of reader.measurements(study, trial.number)) ledger.measured(index, measurement)
    if (isFinished(trial)) ledger.finish(index, trial)
  }
  return {
    ...stage.rungs,
    trials,
    standings: (index) => ledger.standings(index),
    peersAt: (index, at) => ledger.peersAt(index, at),
  }
}
