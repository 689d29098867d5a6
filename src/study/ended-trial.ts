import type { PastTrial } from '../search/sampler.ts'
import type { StudyReader } from '../store/store.ts'
import { type Budget, isFinished, type TrialNumber, type TrialRecord } from '../trial.ts'
import { streamTrials } from './trial-stream.ts'

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

/** The trials of a stage that have ended, in order of number. */
export function* readEndedTrials(reader: StudyReader, study: number, stage: number): Generator<EndedTrial> {
  let budget: Budget | null = null
  for (const record of streamTrials(reader, study, stage)) {
    if (!isFinished(record)) continue
    if (record.budget.epochs !== budget?.epochs) budget = record.budget
    yield endedTrial(record, budget!)
  }
}
