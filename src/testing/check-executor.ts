import { checkFailures } from './executor/failures.ts'
import { checkResults } from './executor/results.ts'
import { checkRungs } from './executor/rungs.ts'
import { BEHAVIOURS, type CreateExecutor, type ExecutorStand, trial, unheard } from './executor/stand.ts'
import { checkStops } from './executor/stops.ts'
import type { TestRunner } from './runner.ts'

/**
 * Registers the tests that every executor must pass. They run trials of a module of this package.
 * @param create makes an executor for the objective of a module, by the module's absolute path
 * @param options `loadsHere: false` where an objective that cannot be loaded is refused before any trial
 */
export function checkExecutor(
  create: CreateExecutor,
  runner: TestRunner,
  { loadsHere = true }: { readonly loadsHere?: boolean } = {},
): void {
  const shared = create(BEHAVIOURS, 2)
  runner.after(() => shared.close())
  const outcomeOf: ExecutorStand['outcomeOf'] = (does) => shared.run(trial(does), unheard)
  const stand = { create, shared, outcomeOf, loadsHere }
  for (const check of [checkResults, checkFailures, checkStops, checkRungs]) check(stand, runner)
}
