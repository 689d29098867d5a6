export { UserError } from './errors.ts'
export type { Measurement, TrialRecord } from './trial.ts'
