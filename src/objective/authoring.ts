/**
 * `finesweep/objective`: the part of the public API that the module of an objective needs. The whole of it, with the
 * store and the readers of study files, would cost each worker thread half a second.
 */

export {
  choice,
  fixed,
  float,
  int,
  type ParameterMap,
  type ParamsOf,
  when,
} from '../space/constructors.ts'
export type {
  CategoricalDistribution,
  FixedDistribution,
  FloatDistribution,
  IntDistribution,
} from '../space/distribution.ts'
export { type DefineOptions, defineObjective } from './define.ts'
export {
  DivergedError,
  FailedError,
  type GivenMeasurement,
  type Measurements,
  type Objective,
  type TrialContext,
  type TrialResult,
} from './objective.ts'
export type { ObjectiveFunction, PlainResult } from './plain-function.ts'
