import type { StoreOptions, StudyWriter } from '../store/store.ts'
import { checkMaker, checkOption, checkRunner } from './check-arguments.ts'
import type { TestRunner } from './runner.ts'
import { checkListing } from './store/listing.ts'
import { checkOrder } from './store/order.ts'
import { checkResults } from './store/results.ts'
import { createStand, type Stand } from './store/stand.ts'
import { checkStudies } from './store/studies.ts'
import { checkTrials } from './store/trials.ts'

const PARTS: readonly ((stand: Stand, runner: TestRunner) => void)[] = [
  checkStudies,
  checkTrials,
  checkListing,
  checkOrder,
  checkResults,
]

/**
 * Registers the tests that every store must pass.
 * @param open gives a new, empty store whose clock is `now`; it is closed at the end
 * @param options `seed` chooses the random trials that are stored; 1 by default
 */
export function checkStore(
  open: (options: StoreOptions) => StudyWriter,
  runner: TestRunner,
  options: { readonly seed?: number } = {},
): void {
  checkMaker('checkStore', 'open', open, 'Write checkStore((options) => mine(options), { test, after }).')
  checkRunner('checkStore', runner, ['test', 'after'])
  checkOption('checkStore', options, 'seed', 'number')
  const { seed = 1 } = options
  for (const check of PARTS) {
    const stand = createStand(open, seed)
    runner.after(() => stand.store.close())
    check(stand, runner)
  }
}
