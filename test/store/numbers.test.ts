import { expectTypeOf, it } from 'vitest'
import type { StudyReader, StudyRecord } from '../../src/store/store.ts'
import type { StageIndex, StudyId, TrialNumber, TrialRecord } from '../../src/trial.ts'

declare const reader: StudyReader
declare const study: StudyRecord
declare const trial: TrialRecord

it('the numbers of studies, trials and stages cannot be swapped', () => {
  const calls = (): void => {
    reader.artifact(study.id, trial.number)
    reader.artifact(1, 2)
    reader.measurements(study.id, trial.number + 1)
    reader.bestTrials(study.id, 3, trial.stage)
    // @ts-expect-error a trial is not a study
    reader.artifact(trial.number, study.id)
    // @ts-expect-error even where the other is a plain number
    reader.artifact(1, study.id)
    // @ts-expect-error a stage is not a trial
    reader.measurements(study.id, trial.stage)
    // @ts-expect-error a trial is not a stage
    reader.bestTrials(study.id, 3, trial.number)
    // @ts-expect-error a stage is not a study
    reader.trials(trial.stage)
    // @ts-expect-error a trial is not a stage, in a filter either
    reader.trials(study.id, { stage: trial.number })
  }
  expectTypeOf(calls).toBeFunction()
  expectTypeOf<TrialNumber>().not.toEqualTypeOf<StageIndex>()
  expectTypeOf<StudyId>().toExtend<number>()
})
