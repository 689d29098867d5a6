import { hasFeasiblePoint } from '../search/admissible.ts'
import { planStages, type StageEntry, type StudyBudget } from '../search/plan.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { Params, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { activeNames } from '../space/points.ts'
import { mayHold } from '../space/possible.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { valuesOf } from '../space/search-space.ts'
import { contains } from '../space/unit-scale.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue, shorten } from '../text/quote.ts'
import type { Mistake } from './mistakes.ts'
import { describePath, type Path } from './path.ts'

/** A study of more trials than this is a slip of the keyboard. */
const MOST_TRIALS = 1_000_000

/** The stages of a file that names none, as entries to change; without trials if a budget plans them. */
export function defaultStageEntries(budget: unknown, epochsMatter: boolean): StageEntry[] {
  const budgeted = budget !== undefined
  const ofTrials = typeof budget === 'object' && budget !== null && Object.hasOwn(budget, 'trials')
  return planStages({ budget: ofTrials ? { trials: 64 } : null, epochsMatter }).stages.map(
    ({ name, trials, epochs }) => {
      const open = epochsMatter && !(budgeted && !ofTrials)
      return { name, ...(open ? {} : { epochs }), ...(budgeted ? {} : { trials }) }
    },
  )
}

/** The stages with every default filled in; mistakes that they make together are reported. */
export function resolveStages(
  stages: readonly StageEntry[] | undefined,
  budget: StudyBudget | undefined,
  epochsMatter: boolean,
  report: (mistake: Mistake) => void,
): readonly StagePlan[] {
  const plan = planStages({ stages: stages ?? null, budget: budget ?? null, epochsMatter })
  for (const { path, message } of plan.mistakes) report({ path, at: 'value', message })
  const trials = plan.stages.reduce((sum, stage) => sum + stage.trials, 0)
  if (trials > MOST_TRIALS) {
    report({
      path: [stages === undefined ? 'budget' : 'stages'],
      at: 'key',
      message: `stages: a study may have at most ${MOST_TRIALS} trials, got ${trials}`,
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
  for (const [index, stage] of stages.entries()) {
    for (const [point, params] of stage.startWith.entries()) {
      const path = ['stages', index, 'startWith', point]
      const mistakes = Object.entries(params).flatMap(([name, value]) =>
        valueMistake(space, params, name, value, path),
      )
      for (const mistake of mistakes) report(mistake)
      if (mistakes.length > 0) continue
      const broken = space.constraints.find((rule) => !mayHold(rule, space, params))
      if (broken === undefined) continue
      report({
        path,
        at: 'value',
        message: `${describePath(path)} can't satisfy require "${shorten(broken, 100)}"`,
        hint: 'Change the point, or loosen the rule.',
      })
    }
  }
}

/** Reports rules that no point seems to keep together: such a study would end with its first trial. */
export function checkFeasible(
  stages: readonly StagePlan[],
  space: SearchSpace,
  report: (mistake: Mistake) => void,
): void {
  if (space.constraints.some((rule) => !mayHold(rule, space, {}))) return
  const whole = stages
    .flatMap(({ startWith }) => startWith)
    .filter((point) => [...activeNames(space, point)].every((name) => Object.hasOwn(point, name)))
  if (hasFeasiblePoint(space, whole)) return
  const rules = space.constraints.map((rule) => `"${shorten(rule, 100)}"`).join(', ')
  report({
    path: ['require'],
    at: 'value',
    message: `require: no random point satisfied ${rules}`,
    hint: 'Widen the ranges, loosen the rules, or add a point that satisfies them to startWith.',
  })
}

/** What is wrong with one value of a start point. */
function valueMistake(
  space: SearchSpace,
  params: Params,
  name: string,
  value: ParamValue,
  point: Path,
): Mistake[] {
  const path = [...point, name]
  const where = describePath(point)
  const distribution = own(space.parameters, name)
  if (distribution === undefined) {
    const names = Object.keys(space.parameters)
    const near = closestName(name, names)
    const hint = near === undefined ? `The space has ${names.join(', ')}.` : `Did you mean "${near}"?`
    return [{ path, at: 'key', message: `Unknown parameter "${name}" in ${where}`, hint }]
  }
  if (!contains(distribution, value)) {
    const message = `${describePath(path)} must be in the space, got ${describeValue(value)}`
    return [{ path, at: 'value', message, hint: 'Widen the range, or move the point.' }]
  }
  for (const [parent, wanted] of Object.entries(own(space.conditions, name) ?? {})) {
    const given = own(params, parent)
    if (given === undefined || valuesOf(wanted).includes(given)) continue
    const message = `${describePath(path)} does not exist where ${parent} is ${describeValue(given)}`
    return [{ path, at: 'key', message, hint: 'Drop it from the point.' }]
  }
  return []
}
