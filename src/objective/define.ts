import { UserError } from '../errors.ts'
import { type ParameterMap, type ParamsOf, searchSpace } from '../space/constructors.ts'
import type { Constraint } from '../space/search-space.ts'
import type { Measurements, Objective, TrialContext } from './objective.ts'

export interface DefineOptions {
  /** Rules between parameters: `units2 <= units1`. */
  readonly require?: Constraint | readonly Constraint[]
}

/**
 * An objective of one's own: a space and a generator of measurements, the default export of a module.
 *
 *     import { defineObjective, float } from 'finesweep/objective'
 *
 *     export default defineObjective({ lr: float(1e-5, 1, { log: true }) }, function* ({ params, budget }) {
 *       for (let epoch = 1; epoch <= budget.epochs; epoch++) yield { step: epoch, value: train(params.lr) }
 *     })
 *
 * The types of `params` follow from the space. The generator may be asynchronous. All that is random in it comes from
 * `seed`, and nothing is kept from one trial to the next, so that the trial can be repeated anywhere. It may return `{ artifact }`, bytes to keep if the trial is among the best.
 * Throws UserError('usage') if the space is unsound.
 */
export function defineObjective<const S extends ParameterMap>(
  space: S,
  run: (context: TrialContext<ParamsOf<S>>) => Measurements,
  options: DefineOptions = {},
): Objective {
  if (typeof run !== 'function') {
    throw new UserError('usage', 'defineObjective: the second argument must be a generator function', {
      hint: 'Write defineObjective({ ... }, function* ({ params, budget, seed }) { ... }).',
    })
  }
  // The study draws params from this very space, so they are of its types.
  return Object.freeze({ space: searchSpace(space, options), run: run as Objective['run'] })
}
