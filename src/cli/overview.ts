import type { Lease, StageRecord, StudyReader, StudyRecord, StudyState } from '../store/store.ts'
import type { TrialRecord, TrialState } from '../trial.ts'
import { FINISHED_STATES } from '../trial.ts'

/** What a study is at: its state, where one that nobody runs any more is not taken for a running one. */
export type Activity = StudyState | 'interrupted'

/** A study at a glance. */
export interface StudyOverview {
  readonly study: StudyRecord
  readonly activity: Activity
  readonly lease: Lease | undefined
  readonly stages: readonly StageRecord[]
  readonly counts: Readonly<Record<TrialState, number>>
  readonly finished: number
  /** How many trials it is to have, as far as that is decided. */
  readonly trials: number
  readonly best: TrialRecord | undefined
  readonly durationMs: number | null
}

export function overviewOf(reader: StudyReader, study: StudyRecord): StudyOverview {
  const stages = reader.stages(study.id)
  const counts = reader.countTrials(study.id)
  const lease = reader.lease(study.id)
  const finished = FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0)
  return {
    study,
    activity: study.state === 'running' && lease === undefined ? 'interrupted' : study.state,
    lease,
    stages,
    counts,
    finished,
    trials: Math.max(finished, plannedTrials(study, stages)),
    best: reader.bestTrials(study.id, 1)[0],
    durationMs: study.finishedAt === null ? null : study.finishedAt - study.createdAt,
  }
}

/** The stages that have begun say it best; those to come are in the experiment. */
function plannedTrials(study: StudyRecord, begun: readonly StageRecord[]): number {
  const planned = (study.experiment as { stages?: readonly { trials?: unknown }[] } | null)?.stages ?? []
  const length = Math.max(planned.length, begun.length)
  let sum = 0
  for (let i = 0; i < length; i++) {
    const trials = begun[i]?.trials ?? planned[i]?.trials
    if (typeof trials === 'number') sum += trials
  }
  return sum
}
