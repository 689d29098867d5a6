import type { StudyReader, StudyRecord } from '../store/store.ts'
import { type FinishedState, isFinished, type TrialRecord } from '../trial.ts'
import { chosenStudy } from './chosen-study.ts'
import { type GivenTrials, UNSAID } from './given-trial.ts'

/**
 * The trials of a study in a store.
 * @param name null for the store's only one
 * @throws UserError('not-found'), or 'usage' if there are several and none is named
 */
export function readStudyTrials(reader: StudyReader, file: string, name: string | null): GivenTrials {
  const studies = reader.studies()
  const study: StudyRecord = chosenStudy(file, studies, name)
  const trials: TrialRecord[] = reader.trials(study.id)
  const measured = new Map(
    [...reader.allMeasurements(study.id)].map(({ trial, measurements }) => [trial, measurements]),
  )
  return {
    name: `study ${study.name} of ${file}`,
    direction: study.direction,
    metric: study.metric,
    remarks: [],
    trials: trials.map((trial) => ({
      ...UNSAID,
      label: `trial ${trial.number}`,
      params: trial.params,
      state: isFinished(trial) ? (trial.state as FinishedState) : null,
      value: trial.value,
      epochs: trial.epochs === 0 ? null : trial.epochs,
      budget: trial.budget.epochs,
      measurements: measured.get(trial.number) ?? [],
      metrics: trial.metrics,
      seed: trial.seed,
      error: trial.error?.message ?? null,
      seconds: (trial.durationMs ?? 0) / 1000,
    })),
  }
}
