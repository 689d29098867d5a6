import { choiceOfText } from '../space/choice-text.ts'
import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import { describeDistribution } from '../space/distribution-forms.ts'
import { own } from '../space/own.ts'
import { activeNames, constraintsHold } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { contains } from '../space/unit-scale.ts'
import { readDecimal } from '../text/decimal.ts'
import { describeValue, shorten } from '../text/quote.ts'

/** A point of the space; or why the given values are none: `rule` is the same for all that break it. */
export type FittedParams =
  | { readonly params: Params; readonly ignored: readonly string[] }
  | { readonly rule: string; readonly seen: string }

/**
 * The point of a space that values from elsewhere stand for: texts are read as the parameter's kind, fixed parameters
 * that are not given have their value, names that the space does not have, or not there, are ignored. A soft range takes
 * values beyond its bounds.
 */
export function fitParams(space: SearchSpace, given: Readonly<Record<string, ParamValue>>): FittedParams {
  const values: Record<string, ParamValue> = {}
  const wrong = new Map<string, { rule: string; seen: string }>()
  for (const [name, distribution] of Object.entries(space.parameters)) {
    const raw = own(given, name)
    if (raw === undefined) {
      if (distribution.kind === 'fixed') values[name] = distribution.value
      else wrong.set(name, { rule: `${name} is missing`, seen: '' })
      continue
    }
    const value = readAs(distribution, raw)
    if (value !== undefined) values[name] = value
    else {
      const rule = `${name} is outside the space, ${shorten(describeDistribution(distribution), 80)}`
      wrong.set(name, { rule, seen: `${name} ${describeValue(raw)}` })
    }
  }
  const active = activeNames(space, values)
  for (const [name, reason] of wrong) if (active.has(name)) return reason
  const params = Object.fromEntries(Object.entries(values).filter(([name]) => active.has(name)))
  if (!constraintsHold(space, params)) {
    return { rule: `a rule of require is broken (${shorten(space.constraints.join('; '), 100)})`, seen: '' }
  }
  return { params, ignored: Object.keys(given).filter((name) => own(params, name) === undefined) }
}

/** The value as one of the distribution; undefined if it has no such value. */
function readAs(distribution: Distribution, raw: ParamValue): ParamValue | undefined {
  if (distribution.kind === 'fixed') return choiceOf([distribution.value], raw)
  if (distribution.kind === 'categorical') return choiceOf(distribution.choices, raw)
  const value = typeof raw === 'string' ? (readDecimal(raw) ?? raw) : raw
  if (contains(distribution, value)) return value
  if (distribution.hard || typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const isWhole = distribution.kind === 'float' || Number.isInteger(value)
  // A step is counted from the lower bound, in both directions.
  const steps = (value - distribution.low) / (distribution.step ?? 1)
  const onGrid = distribution.step === null || Math.abs(steps - Math.round(steps)) < 1e-6
  return isWhole && onGrid && (!distribution.log || value > 0) ? value : undefined
}

/** The choice that a value stands for: itself, or what its text says. */
function choiceOf(choices: readonly ParamValue[], raw: ParamValue): ParamValue | undefined {
  if (choices.includes(raw)) return raw
  return typeof raw === 'string' ? choiceOfText(choices, raw) : undefined
}
