import { type Distribution, type FloatDistribution, type IntDistribution, isRange } from './distribution.ts'
import { describeDistribution } from './distribution-forms.ts'
import { own } from './own.ts'
import type { SearchSpace } from './search-space.ts'

/**
 * A stage's box where the study's ranges were declared anew since it was drawn: cut where hard bounds are narrower now,
 * without choices that were removed and with those that came. Wider bounds are left to narrowing, which reaches them
 * where the best lies at the edge. A parameter of another kind, scale or step has its whole new range.
 * @param box a part of what was declared `before`; the same object comes back if nothing was declared anew
 */
export function redeclared(box: SearchSpace, before: SearchSpace, declared: SearchSpace): SearchSpace {
  if (describe(before) === describe(declared)) return box
  const parameters = Object.entries(declared.parameters).map(([name, now]) => {
    const [part, old] = [own(box.parameters, name), own(before.parameters, name)]
    return [name, part === undefined || old === undefined ? now : partOf(part, old, now)] as const
  })
  return { ...declared, parameters: Object.fromEntries(parameters) }
}

function describe({ parameters, conditions, constraints }: SearchSpace): string {
  const ranges = Object.entries(parameters).map(([name, range]) => [name, describeDistribution(range)])
  return JSON.stringify([ranges, conditions, constraints])
}

function partOf(part: Distribution, old: Distribution, now: Distribution): Distribution {
  if (describeDistribution(old) === describeDistribution(now)) return part
  if (isRange(part) && isRange(old) && isRange(now)) return rangeIn(part, old, now)
  if (part.kind !== 'categorical' || old.kind !== 'categorical' || now.kind !== 'categorical') return now
  const choices = now.choices.filter(
    (choice) => part.choices.includes(choice) || !old.choices.includes(choice),
  )
  return choices.length === 0 ? now : { ...now, choices }
}

function rangeIn<R extends FloatDistribution | IntDistribution>(part: R, old: R, now: R): R {
  const isSameGrid = now.step === old.step && (now.step === null || now.step === 1 || now.low === old.low)
  if (now.kind !== old.kind || now.log !== old.log || !isSameGrid) return now
  const { low, high } = now.hard
    ? { low: Math.max(part.low, now.low), high: Math.min(part.high, now.high) }
    : part
  return low < high ? { ...now, low, high } : now
}
