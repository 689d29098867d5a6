import { drawnBefore } from './imported-stages.ts'
import type { StageEntry, StudyBudget } from './plan.ts'
import type { StagePlan } from './stage-plan.ts'

/**
 * What stages and a budget say without an effect, a sentence each.
 * @param entries the stages as the study file says them; undefined where it leaves them out
 * @param plans the same, planned without a mistake
 */
export function planNotes(
  entries: readonly StageEntry[] | undefined,
  budget: StudyBudget | undefined,
  plans: readonly StagePlan[],
): string[] {
  if (entries === undefined) return []
  const ofStages = entries.flatMap((entry, index) => {
    const plan = plans[index]
    return plan === undefined ? [] : [...unusedKeys(entry, index, plans), ...noRungs(entry, index, plan)]
  })
  return [...ofStages, ...budgetLeft(entries, budget, plans)]
}

/** Keys of a stage that draws differently: they would be read by a stage that follows another. */
function unusedKeys(entry: StageEntry, index: number, plans: readonly StagePlan[]): string[] {
  const given = (['keep', 'margin', 'rootShare', 'sampler', 'reduce'] as const).filter(
    (key) => entry[key] !== undefined,
  )
  if (entry.replicate !== undefined) {
    return remark(index, given, 'a replicate stage reruns the best points and draws none')
  }
  // rootShare: 0 is what a first stage does.
  const ofLater = given.filter(
    (key) => key === 'keep' || key === 'margin' || (key === 'rootShare' && entry.rootShare !== 0),
  )
  if (drawnBefore(plans, index) !== -1) return []
  return remark(index, ofLater, 'no stage before it narrows its ranges')
}

function remark(index: number, keys: readonly string[], reason: string): string[] {
  if (keys.length === 0) return []
  const names = keys.length === 1 ? keys[0] : `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`
  return [`stages[${index}]: ${names} ${keys.length === 1 ? 'has' : 'have'} no effect: ${reason}.`]
}

function noRungs({ rungs }: StageEntry, index: number, plan: StagePlan): string[] {
  if (rungs !== true || plan.rungs.length > 0) return []
  const epochs = plan.epochs === 1 ? '1 epoch' : `${plan.epochs} epochs`
  return [
    `stages[${index}]: rungs: true has no effect: there is no rung below ${epochs} with reduce ${plan.reduce}. Raise epochs.`,
  ]
}

/** A budget that plans no stage only limits their sum, and they stay below it. */
function budgetLeft(
  entries: readonly StageEntry[],
  budget: StudyBudget | undefined,
  plans: readonly StagePlan[],
): string[] {
  const unit = budget?.trials === undefined ? 'epochs' : 'trials'
  const total = budget?.[unit]
  const isOpen = entries.some(({ trials, replicate }) => trials === undefined && replicate === undefined)
  if (total === undefined || isOpen) return []
  const spent = plans.reduce((sum, { trials, epochs }) => sum + trials * (unit === 'trials' ? 1 : epochs), 0)
  if (spent >= total) return []
  return [
    `budget: the stages' trials take ${spent} of its ${total} ${unit}, and every stage sets its own number of trials. Leave trials out of a stage to use the rest.`,
  ]
}
