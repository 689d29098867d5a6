import { checkMaker, checkOption, checkRunner } from './check-arguments.ts'
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
  options: { readonly loadsHere?: boolean } = {},
): void {
  const of = 'checkExecutor'
  checkMaker(
    of,
    'create',
    create,
    'Write checkExecutor((file, slots) => mine(file, slots), { test, after }).',
  )
  checkRunner(of, runner, ['test', 'after'])
  checkOption(of, options, 'loadsHere', 'boolean')
  const { loadsHere = true } = options
  const shared = create(BEHAVIOURS, 2)
  runner.after(() => shared.close())
  const outcomeOf: ExecutorStand['outcomeOf'] = (does) => shared.run(trial(does), unheard)
  const stand = { create, shared, outcomeOf, loadsHere }
  for (const check of [checkResults, checkFailures, checkStops, checkRungs]) check(stand, runner)
}
