import type { StagePlan } from '../search/stage-plan.ts'
import type { StageRecord, StudyRecord, StudyState } from '../store/store.ts'
import type { TimedMeasurement, TrialError, TrialRecord, TrialSpec } from '../trial.ts'

/** What happens while a study runs, in order; for progress, logs and tests. Nothing of a study depends on a listener. */
export type StudyEvent =
  | {
      readonly kind: 'study-started'
      readonly study: StudyRecord
      readonly stages: readonly StagePlan[]
      readonly workers: number
      /** The machine that decides and stores. */
      readonly host: string
      /** How many trials were already finished: more than 0 only on a resume. */
      readonly finished: number
      /** The best of those; null if none of them succeeded. */
      readonly best: TrialRecord | null
    }
  /** `finished`: how many of this stage's trials are done already (a resume). */
  | { readonly kind: 'stage-started'; readonly stage: StageRecord; readonly finished: number }
  | { readonly kind: 'trial-started'; readonly spec: TrialSpec; readonly attempt: number }
  | { readonly kind: 'measured'; readonly trial: number; readonly measurement: TimedMeasurement }
  /** An attempt failed and the trial runs again. */
  | {
      readonly kind: 'trial-retried'
      readonly trial: number
      readonly attempt: number
      readonly error: TrialError
    }
  /** The trial's record is committed. */
  | { readonly kind: 'trial-finished'; readonly record: TrialRecord }
  /** All trials of the stage are committed. The narrowing that follows is in the next `stage-started`. */
  | { readonly kind: 'stage-finished'; readonly stage: StageRecord }
  | { readonly kind: 'study-finished'; readonly state: StudyState; readonly endReason: string | null }

export type StudyListener = (event: StudyEvent) => void
