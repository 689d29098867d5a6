import { judgeReplicates, REPLICATE_SAMPLER, type ReplicatedPoint } from '../search/replication.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import { FINISHED_STATES, type TrialRecord } from '../trial.ts'

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

/** A study's winner: the trial that its replicates speak for, else the one with the best value; null without any. */
export function winningTrial(reader: StudyReader, study: StudyRecord): TrialRecord | null {
  const replicated = readReplicates(reader, study)
  const chosen = replicated === null ? undefined : reader.trial(study.id, replicated.winner)
  return chosen ?? reader.bestTrials(study.id, 1)[0] ?? null
}
