import type { SearchSpace } from '../space/search-space.ts'
import { acceptanceRate } from './feasible.ts'
import { rootTrialsBetween } from './given-trials.ts'
import { gridNotice } from './grid-sampler.ts'
import type { StagePlan } from './stage-plan.ts'

/** A share of points that satisfy the constraints below this is told. */
const RARE = 0.1

/** What the user of these stages should know before they run, a sentence each. */
export function searchNotes(space: SearchSpace, stages: readonly StagePlan[]): string[] {
  const rate = acceptanceRate(space)
  const rare =
    rate === 0
      ? [
          'require: less than one in a thousand points of the space satisfies it; points are found by local moves.',
        ]
      : [`require: about ${Number((100 * rate).toPrecision(2))} % of the points of the space satisfy it.`]
  const grids = stages.flatMap((plan, stage) => {
    const given = plan.startWith.length
    const onGrid = plan.trials - given - rootTrialsBetween(stage, plan, given, plan.trials)
    const notice = plan.sampler === 'grid' ? gridNotice(space, onGrid) : null
    return notice === null ? [] : [`Stage ${plan.name}: ${notice}.`]
  })
  return [...(rate < RARE ? rare : []), ...grids]
}
