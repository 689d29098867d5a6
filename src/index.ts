/** The public API: studies in code, their results, and the types of everything that crosses the boundary. */

export { UserError, UserErrors } from './errors.ts'
export type { Executor, RungVerdict, TrialTask } from './execute/executor.ts'
export type { TrialToImport } from './import/in-code.ts'
export type { ImportOptions } from './library/import.ts'
export { openStudy } from './library/open-study.ts'
export type { RunOptions } from './library/run-options.ts'
export {
  admissible,
  axesOf,
  drawAdmissible,
  fromUnit,
  isAdmissible,
  paramsAt,
  toUnit,
  trialDraws,
} from './library/sampler-tools.ts'
export type {
  ObjectiveInCode,
  ParamsIn,
  ProgramInCode,
  SpaceInCode,
  StageInCode,
  StudyInCode,
  StudyPlaceOptions,
  ValueIn,
} from './library/settings.ts'
export { createMemoryStore, openReader, openWriter } from './library/stores.ts'
export {
  type AskedTrial,
  Study,
  type StudyResult,
  study,
  studyFromFile,
} from './library/study.ts'
export type { StudyTrial } from './library/study-trial.ts'
export { StudyView } from './library/study-view.ts'
export * from './objective/authoring.ts'
export type { TextFormat } from './report/export.ts'
export type { ParameterImportance } from './search/importance.ts'
export type { PastTrial, ProposalRequest, Sampler } from './search/sampler.ts'
export type { SamplerName, StagePlan } from './search/stage-plan.ts'
export type { ImportResult } from './session/import-trials.ts'
export type { Conditional } from './space/constructors.ts'
export type { Distribution, Params, ParamValue } from './space/distribution.ts'
export type { Condition, Constraint, SearchSpace } from './space/search-space.ts'
export type {
  Evaluation,
  StageRecord,
  StoreOptions,
  StudyReader,
  StudyRecord,
  StudyState,
  StudyWriter,
  TrialFilter,
} from './store/store.ts'
export type { StudyEvent } from './study/events.ts'
export type { Told } from './study/told-outcome.ts'
export type { StudySettings } from './study-file/define-study.ts'
export type {
  Measurement,
  TimedMeasurement,
  TrialError,
  TrialOutcome,
  TrialRecord,
  TrialSpec,
  TrialState,
} from './trial.ts'
