import type { PastTrial } from '../search/sampler.ts'
import type { Budget, TrialNumber, TrialRecord } from '../trial.ts'

/**
 * What a study that runs keeps in memory of each of its trials that has ended: all that later decisions look at, and a
 * fraction of the record, which is in the store. A TrialRecord is one.
 */
export interface EndedTrial extends PastTrial {
  readonly tie: number | null
  readonly budget: Budget
  readonly continues: TrialNumber | null
}

/** @param budget one object for all trials that have the same */
export function endedTrial(record: TrialRecord, budget: Budget): EndedTrial {
  const { number, stage, params, state, value, tie, epochs, continues } = record
  return { number, stage, params, state, value, tie, epochs, budget, continues }
}
