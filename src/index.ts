/** The public API. Everything a study in code needs, and what a reader of a store needs. */

export { UserError, UserErrors } from './errors.ts'
export * from './objective/authoring.ts'
export {
  resumeExperiment,
  runExperiment,
  type SessionOptions,
  type SessionResult,
} from './session/session.ts'
export type { Params, ParamValue } from './space/distribution.ts'
export type { SearchSpace } from './space/search-space.ts'
export { createMemoryStore } from './store/memory-store.ts'
export { openReader } from './store/sqlite-store.ts'
export type { StageRecord, StudyReader, StudyRecord, StudyState } from './store/store.ts'
export type { StudyEvent, StudyListener } from './study/events.ts'
export { defineStudy, type StudySettings } from './study-file/define-study.ts'
export type { Experiment } from './study-file/experiment.ts'
export { readExperiment } from './study-file/read-experiment.ts'
export type { Measurement, TimedMeasurement, TrialRecord, TrialState } from './trial.ts'
