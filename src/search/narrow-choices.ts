import type { CategoricalDistribution, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { chanceOfSoFew } from './evidence.ts'
import { type AxisView, keptBecause, SIGNIFICANCE } from './narrow-axis.ts'
import type { ParameterDecision } from './narrow-decision.ts'

/**
 * Drops the choices that the best trials lack by more than chance, corrected for the number of choices, and takes back
 * those of the whole range that one of them has.
 */
export function narrowChoices(view: AxisView, before: CategoricalDistribution): ParameterDecision {
  const { name, ranked, root } = view
  const having = ranked.filter((trial) => own(trial.params, name) !== undefined)
  const elite = ranked.slice(0, view.eliteSize).filter((trial) => own(trial.params, name) !== undefined)
  const missing: ParamValue[] = []
  let pValue = 1
  for (const choice of before.choices) {
    const tried = having.filter((trial) => own(trial.params, name) === choice).length
    const hits = elite.filter((trial) => own(trial.params, name) === choice).length
    const chance = chanceOfSoFew(hits, tried, elite.length, having.length)
    pValue = Math.min(pValue, chance)
    if (hits === 0 && chance < SIGNIFICANCE / before.choices.length) missing.push(choice)
  }
  const whole = root.kind === 'categorical' ? root.choices : []
  const all = [...new Set([...whole, ...before.choices])]
  const isBack = (choice: ParamValue): boolean =>
    !before.choices.includes(choice) && elite.some((trial) => own(trial.params, name) === choice)
  const back = all.filter(isBack)
  const remaining = before.choices.filter((choice) => !missing.includes(choice))
  const size = Math.min(view.eliteSize, ranked.length)
  const counts = {
    ...{ pValue, elite: elite.length, missing },
    ...(elite.length === size ? {} : { of: size }),
  }
  if (back.length > 0) {
    const isIn = (choice: ParamValue): boolean => back.includes(choice) || remaining.includes(choice)
    const after = { ...before, choices: all.filter(isIn) }
    const reason = { code: 'choices-back', ...counts, back } as const
    return { name, action: 'extended', before, after, reason, remarks: [] }
  }
  if (missing.length === 0 || remaining.length === 0) {
    return keptBecause(name, before, { code: 'choices-present', pValue })
  }
  const after = { ...before, choices: remaining }
  return {
    name,
    action: 'reduced',
    before,
    after,
    reason: { code: 'choices-missing', ...counts },
    remarks: [],
  }
}
