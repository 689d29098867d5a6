import { type Budget, planStages, type StageEntry } from '../search/plan.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { contains } from '../space/unit-scale.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue } from '../text/quote.ts'
import type { Mistake } from './mistakes.ts'

/** A study of more trials than this is a slip of the keyboard. */
const MOST_TRIALS = 1_000_000

/** The stages of a file that names none, as entries to change; without trials if a budget plans them. */
export function defaultStageEntries(budgeted: boolean): StageEntry[] {
  return planStages({}).stages.map(({ name, trials, epochs }) =>
    budgeted ? { name, epochs } : { name, epochs, trials },
  )
}

/** The stages with every default filled in; mistakes that they make together are reported. */
export function resolveStages(
  stages: readonly StageEntry[] | undefined,
  budget: Budget | undefined,
  report: (mistake: Mistake) => void,
): readonly StagePlan[] {
  const plan = planStages({ stages: stages ?? null, budget: budget ?? null })
  for (const { path, message } of plan.mistakes) report({ path, at: 'value', message })
  const trials = plan.stages.reduce((sum, stage) => sum + stage.trials, 0)
  if (trials > MOST_TRIALS) {
    report({
      path: [stages === undefined ? 'budget' : 'stages'],
      at: 'key',
      message: `stages: a study has at most ${MOST_TRIALS} trials, got ${trials}`,
    })
  }
  return plan.stages
}

/** Reports points of `startWith` that the space does not hold. A point may leave parameters out: they are drawn. */
export function checkStartPoints(
  stages: readonly StagePlan[],
  space: SearchSpace,
  report: (mistake: Mistake) => void,
): void {
  const names = Object.keys(space.parameters)
  for (const [index, stage] of stages.entries()) {
    for (const [point, params] of stage.startWith.entries()) {
      for (const [name, value] of Object.entries(params)) {
        const path = ['stages', index, 'startWith', point, name]
        const distribution = space.parameters[name]
        if (distribution === undefined) {
          const near = closestName(name, names)
          report({
            path,
            at: 'key',
            message: `Unknown parameter "${name}" in stages[${index}].startWith[${point}]`,
            hint: near === undefined ? `The space has ${names.join(', ')}.` : `Did you mean "${near}"?`,
          })
        } else if (!contains(distribution, value)) {
          report({
            path,
            at: 'value',
            message: `stages[${index}].startWith[${point}].${name} must lie in the space, got ${describeValue(value)}`,
            hint: 'Widen the range, or move the point.',
          })
        }
      }
    }
  }
}
