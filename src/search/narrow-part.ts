import {
  type CategoricalDistribution,
  type Distribution,
  isRange,
  type ParamValue,
} from '../space/distribution.ts'
import { subrange } from '../space/subrange.ts'
import { countValues, toUnit, valueAt } from '../space/unit-scale.ts'

/**
 * Where a value lies on the range `before`, in units of it: beyond [0, 1] outside of it. An ordered choice that it lacks
 * lies where the list of the whole range, `root`, has it; NaN for what has no place.
 */
export function placeWithin(before: Distribution, root: Distribution, value: ParamValue): number {
  const lists = ordered(before, root)
  const index = lists === null ? -1 : lists.all.indexOf(value)
  return lists === null || index < 0 ? toUnit(before, value) : (index - lists.first + 0.5) / lists.count
}

/**
 * The part of `before` between two places of it, or its extension as far as the whole range `root` allows: an ordered
 * list gets back choices of the whole one, and zero bars only a range that was declared on one side of it.
 */
export function partOf(before: Distribution, start: number, end: number, root: Distribution): Distribution {
  const lists = ordered(before, root)
  if (lists !== null && (start < 0 || end > 1)) {
    const onRoot = (place: number): number => (lists.first + place * lists.count) / lists.all.length
    return subrange(root, onRoot(start), onRoot(end))
  }
  return subrange(before, start, end, root)
}

/** Whether a part of a range has all its values: a high bound between two steps may go without any of them. */
export function hasSameValues(part: Distribution, whole: Distribution): boolean {
  const count = countValues(part)
  if (count === Infinity || count !== countValues(whole)) {
    return JSON.stringify(part) === JSON.stringify(whole)
  }
  return valueAt(part, 0) === valueAt(whole, 0)
}

/** How much of a range a part of it is, on the range's own scale: of few values, the share of them that are left. */
export function shareLeft(whole: Distribution, part: Distribution): number {
  if (!isRange(whole) || !isRange(part) || (!whole.log && whole.step !== null)) {
    return countValues(part) / countValues(whole)
  }
  const slack = whole.kind === 'int' ? 0.5 : 0
  return toUnit(whole, part.high + slack) - toUnit(whole, part.low - slack)
}

/** Where an ordered list lies on the whole one; null unless it is a run of that. */
function ordered(before: Distribution, root: Distribution) {
  if (!isOrdered(before) || !isOrdered(root)) return null
  const { choices } = before
  const first = root.choices.indexOf(choices[0]!)
  const isRun = first >= 0 && choices.every((choice, i) => root.choices[first + i] === choice)
  return isRun ? { all: root.choices, first, count: choices.length } : null
}

function isOrdered(distribution: Distribution): distribution is CategoricalDistribution {
  return distribution.kind === 'categorical' && distribution.ordered
}
