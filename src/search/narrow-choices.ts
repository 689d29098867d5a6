import type { CategoricalDistribution, ParamValue } from '../space/distribution.ts'
import { chanceOfSoFew } from './evidence.ts'
import { type AxisView, keptBecause, SIGNIFICANCE } from './narrow-axis.ts'
import type { ParameterDecision } from './narrow-decision.ts'
import { figure } from './narrow-words.ts'

/** Drops the choices that the best trials lack by more than chance, the number of choices reckoned with. */
export function narrowChoices(view: AxisView, before: CategoricalDistribution): ParameterDecision {
  const { name, ranked } = view
  const having = ranked.filter((trial) => trial.params[name] !== undefined)
  const elite = ranked.slice(0, view.elite).filter((trial) => trial.params[name] !== undefined)
  const rejected: ParamValue[] = []
  let pValue = 1
  for (const choice of before.choices) {
    const tried = having.filter((trial) => trial.params[name] === choice).length
    const hits = elite.filter((trial) => trial.params[name] === choice).length
    const chance = chanceOfSoFew(hits, tried, elite.length, having.length)
    pValue = Math.min(pValue, chance)
    if (hits === 0 && chance < SIGNIFICANCE / before.choices.length) rejected.push(choice)
  }
  const choices = before.choices.filter((choice) => !rejected.includes(choice))
  if (rejected.length === 0 || choices.length === 0) {
    const reason = `no choice is missing from the best trials by more than chance (p = ${figure(pValue)})`
    return keptBecause(name, before, reason, { pValue })
  }
  return {
    name,
    action: 'reduced',
    before,
    after: { ...before, choices },
    reason: `none of the best ${elite.length} trials has ${rejected.map(String).join(' or ')} (p = ${figure(pValue)})`,
    figures: { pValue },
  }
}
