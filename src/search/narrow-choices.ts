import type { CategoricalDistribution, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { chanceOfSoFew } from './evidence.ts'
import { type AxisView, keptBecause, SIGNIFICANCE } from './narrow-axis.ts'
import type { ParameterDecision } from './narrow-decision.ts'

/** Drops the choices that the best trials lack by more than chance, corrected for the number of choices. */
export function narrowChoices(view: AxisView, before: CategoricalDistribution): ParameterDecision {
  const { name, ranked } = view
  const having = ranked.filter((trial) => own(trial.params, name) !== undefined)
  const elite = ranked.slice(0, view.eliteSize).filter((trial) => own(trial.params, name) !== undefined)
  const rejected: ParamValue[] = []
  let pValue = 1
  for (const choice of before.choices) {
    const tried = having.filter((trial) => own(trial.params, name) === choice).length
    const hits = elite.filter((trial) => own(trial.params, name) === choice).length
    const chance = chanceOfSoFew(hits, tried, elite.length, having.length)
    pValue = Math.min(pValue, chance)
    if (hits === 0 && chance < SIGNIFICANCE / before.choices.length) rejected.push(choice)
  }
  const choices = before.choices.filter((choice) => !rejected.includes(choice))
  if (rejected.length === 0 || choices.length === 0) {
    return keptBecause(name, before, { code: 'choices-present', pValue })
  }
  return {
    name,
    action: 'reduced',
    before,
    after: { ...before, choices },
    reason: { code: 'choices-missing', pValue, elite: elite.length, missing: rejected },
    remarks: [],
  }
}
