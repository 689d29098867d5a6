import { checkOptions, wrongArgument } from '../arguments.ts'
import { type ParameterMap, type ParamsOf, searchSpace } from '../space/constructors.ts'
import type { Constraint } from '../space/search-space.ts'
import type { Objective, TrialContext } from './objective.ts'
import { measurementsOf, type ObjectiveFunction } from './plain-function.ts'

export interface DefineOptions {
  /** Rules between parameters: `units2 <= units1`. */
  readonly require?: Constraint | readonly Constraint[]
}

/**
 * A user's objective: a space and what is measured in it, the default export of a module.
 *
 *     import { defineObjective, float } from 'finesweep/objective'
 *
 *     export default defineObjective({ lr: float(1e-5, 1, { log: true }) }, function* ({ params, budget }) {
 *       for (let epoch = 1; epoch <= budget.epochs; epoch++) yield { step: epoch, value: train(params.lr) }
 *     })
 *
 * The types of `params` follow from the space. Instead of a generator, which may be asynchronous, a function may return
 * the value, or a promise of it: `({ params }) => number`. All that is random comes from
 * `seed`, and nothing is kept from one trial to the next, so that the trial can be repeated anywhere. It may return `{ artifact }`, bytes to keep if the trial is among the best.
 * Throws UserError('usage') if the space is unsound.
 */
export function defineObjective<const S extends ParameterMap>(
  space: S,
  run: ObjectiveFunction<ParamsOf<S>>,
  options: DefineOptions = {},
): Objective<ParamsOf<S>> {
  if (typeof run !== 'function') {
    throw wrongArgument(
      'defineObjective',
      'the second argument must be a function',
      run,
      'Write defineObjective({ ... }, ({ params }) => number), or function* ({ params, budget, seed }) { ... }.',
    )
  }
  const rule = 'defineObjective takes its options as an object'
  checkOptions(options, ['require'], { rule, of: 'defineObjective', hint: "Write { require: 'a <= b' }." })
  // The study draws params from this very space, so they are of its types.
  const plain = run as unknown as ObjectiveFunction
  const objective = Object.freeze({
    space: searchSpace(space, options),
    run: (context: TrialContext) => measurementsOf(plain, context),
  })
  texts.set(objective, String(run))
  return objective
}

const texts = new WeakMap<Objective, string>()

/** The text of the function that measures: what tells one objective from another. */
export function objectiveText(objective: Objective): string {
  return texts.get(objective) ?? String(objective.run)
}
