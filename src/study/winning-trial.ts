import { expectWinner, type WinnerExpectation } from '../search/expected-value.ts'
import { judgeReplicates, REPLICATE_SAMPLER, type ReplicatedPoint } from '../search/replication.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { FINISHED_STATES, type TrialRecord } from '../trial.ts'

/** More trials than this would take longer to read than they tell. */
const MOST_TRIALS = 1000
/** Of a longer study, as many of its best are judged: more than the Gaussian process takes of the better half. */
const BEST_JUDGED = 128

/** What the replicates of a study say; null if it has none that ended. */
export function readReplicates(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[] = reader.stages(study.id),
): { readonly points: readonly ReplicatedPoint[]; readonly winner: number } | null {
  const stage = stages.findLast(({ sampler }) => sampler === REPLICATE_SAMPLER)
  if (stage === undefined) return null
  const trials = reader.trials(study.id, { states: FINISHED_STATES })
  const keys = new Set(
    trials.filter((trial) => trial.stage === stage.index).map(({ params }) => JSON.stringify(params)),
  )
  if (keys.size === 0) return null
  return judgeReplicates({
    space: stage.space,
    trials,
    stages,
    direction: study.direction,
    stage: stage.index,
    replicate: { top: keys.size, seeds: 1 },
  })
}

/** A study's winner and why it is the winner. */
export interface StudyWinner {
  readonly trial: TrialRecord
  /** The trial with the best value; often the winner too. */
  readonly luckiest: TrialRecord
  /** What the best trial's value is worth; null where too few trials have one. */
  readonly expectation: WinnerExpectation | null
  /** What running the best points again said; null if none was. */
  readonly replicates: ReturnType<typeof readReplicates>
}

/**
 * A study's winner: the trial that its replicates speak for, else, where values are noisy, the one that the Gaussian
 * process expects to be best, else the one with the best value. Null if no trial has a value.
 */
export function readWinner(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[] = reader.stages(study.id),
): StudyWinner | null {
  const [best] = reader.bestTrials(study.id, 1)
  if (best === undefined) return null
  const replicates = readReplicates(reader, study, stages)
  const expectation = expectationOf(reader, study, stages, best)
  const number = replicates?.winner ?? expectation?.chosen.trial ?? best.number
  return { trial: reader.trial(study.id, number) ?? best, luckiest: best, expectation, replicates }
}

/** A study's winner alone; null without any. */
export function winningTrial(reader: StudyReader, study: StudyRecord): TrialRecord | null {
  return readWinner(reader, study)?.trial ?? null
}

/** The best trials by value, at most as many, with the winner before the others. */
export function winnerFirst(
  reader: StudyReader,
  study: StudyRecord,
  winner: StudyWinner | null,
  count: number,
): TrialRecord[] {
  const trials = reader.bestTrials(study.id, count)
  if (winner === null) return trials
  return [winner.trial, ...trials.filter(({ number }) => number !== winner.trial.number)].slice(0, count)
}

function expectationOf(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[],
  best: TrialRecord,
): WinnerExpectation | null {
  const last = stages.at(-1)
  if (last === undefined) return null
  const judge = (trials: readonly TrialRecord[]): WinnerExpectation | null =>
    expectWinner({ space: last.space, trials, stages, direction: study.direction, best: best.number })
  // Numbers are given in order: counting the trials would take as long as looking at them.
  const isLarge = reader.trials(study.id, { from: MOST_TRIALS, limit: 1 }).length > 0
  if (!isLarge) return judge(reader.trials(study.id, { states: FINISHED_STATES }))
  const expectation = judge(someTrials(reader, study.id, best))
  if (expectation === null) return null
  return { ...expectation, trials: reader.countTrials(study.id, best.stage)[best.state] }
}

/** Of the best one's stage, the first trials that have ended and the best. */
function someTrials(reader: StudyReader, study: number, best: TrialRecord): TrialRecord[] {
  const { stage } = best
  const first = reader.trials(study, { states: FINISHED_STATES, stage, limit: MOST_TRIALS })
  const top = reader.bestTrials(study, BEST_JUDGED, stage)
  return [...new Map([...first, ...top].map((trial) => [trial.number, trial])).values()]
}
