import type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
} from './distribution.ts'
import { decimalUnit, roundedTo } from './rounded.ts'
import { countValues, placeOn, stepAt } from './unit-scale.ts'

type Range = FloatDistribution | IntDistribution

/**
 * The part of a range, or its extension, between two places of its unit interval: below 0 and above 1 lie outside.
 * Bounds are rounded outwards to a thousandth of the new width (on a log scale, to three digits where that is finer),
 * but never past a bound of the range unless the place itself lies past it. `root` is the range as declared: its bounds
 * are never passed if it is hard; nor is zero if all of it lies on one side. A step stays on its grid; an int or
 * an ordered choice keeps at least two values (if it had two). Unordered choices and fixed values come back as they are.
 */
export function subrange(
  distribution: Distribution,
  start: number,
  end: number,
  root: Distribution = distribution,
): Distribution {
  switch (distribution.kind) {
    case 'float': {
      const limits = limitsOf(distribution, root)
      return distribution.step === null
        ? continuousPart(distribution, start, end, limits)
        : steppedPart(distribution, start, end, limits)
    }
    case 'int': {
      const limits = limitsOf(distribution, root)
      return distribution.log
        ? logIntPart(distribution, start, end, limits)
        : steppedPart(distribution, start, end, limits)
    }
    case 'categorical':
      return distribution.ordered ? choicesPart(distribution, start, end) : distribution
    case 'fixed':
      return distribution
  }
}

/** What the bounds of a range may never pass. */
interface Limits {
  readonly floor: number
  readonly ceiling: number
}

function limitsOf(range: Range, root: Distribution): Limits {
  const declared = root.kind === range.kind ? root : range
  const lowest = Math.min(declared.low, range.low)
  const highest = Math.max(declared.high, range.high)
  if (range.hard) return { floor: lowest, ceiling: highest }
  const least = range.log ? (range.kind === 'int' ? 1 : Number.MIN_VALUE) : 0
  const most = range.kind === 'int' ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE
  return { floor: lowest >= 0 ? least : -most, ceiling: highest <= 0 ? 0 : most }
}

function continuousPart(
  range: FloatDistribution,
  start: number,
  end: number,
  limits: Limits,
): FloatDistribution {
  const from = placeOn(range, start)
  const to = placeOn(range, end)
  const low = roundedBound(range, from, to - from, -1)
  const high = roundedBound(range, to, to - from, 1)
  return bounded(
    range,
    start >= 0 ? Math.max(range.low, start === 0 ? range.low : low) : low,
    end <= 1 ? Math.min(range.high, end === 1 ? range.high : high) : high,
    limits,
  )
}

/** A bound to a thousandth of the width; on a log scale to three digits of its own, if that is finer. */
function roundedBound(range: FloatDistribution, value: number, width: number, side: 1 | -1): number {
  const unit = decimalUnit(width)
  const finer = range.log ? Math.min(unit, decimalUnit(Math.abs(value))) : unit
  return roundedTo(value, finer, side)
}

/** The wanted bounds as far as the range lets them go. */
function bounded<R extends Range>(range: R, low: number, high: number, { floor, ceiling }: Limits): R {
  const within = { low: Math.max(low, floor), high: Math.min(high, ceiling) }
  return within.low < within.high ? { ...range, ...within } : range
}

function steppedPart<R extends Range>(range: R, start: number, end: number, limits: Limits): R {
  const count = countValues(range)
  const [first, last] = atLeastTwo(start, end, count)
  // Only the bounds are cut here: the grid of a stepped range goes on past its ends as it goes on within.
  const step = range.step ?? 1
  const least = Math.ceil((limits.floor - range.low) / step - 1e-9)
  const most = Math.floor((limits.ceiling - range.low) / step + 1e-9)
  return bounded(range, stepAt(range, Math.max(least, first)), stepAt(range, Math.min(most, last)), limits)
}

function logIntPart(range: IntDistribution, start: number, end: number, limits: Limits): IntDistribution {
  const low = Math.max(1, Math.round(placeOn(range, start) + 0.5 - 1e-9) - (start <= 0 ? 0 : 1))
  const high = Math.max(low, Math.round(placeOn(range, end) - 0.5 + 1e-9) + (end >= 1 ? 0 : 1))
  const cut = {
    low: start >= 0 ? Math.max(range.low, start === 0 ? range.low : low) : low,
    high: end <= 1 ? Math.min(range.high, end === 1 ? range.high : high) : high,
  }
  const wide = cut.high > cut.low ? cut : { low: Math.max(limits.floor, cut.low - 1), high: cut.high + 1 }
  return bounded(range, wide.low, wide.high, limits)
}

function choicesPart(choices: CategoricalDistribution, start: number, end: number): CategoricalDistribution {
  const count = choices.choices.length
  const [first, last] = atLeastTwo(Math.max(0, start), Math.min(1, end), count)
  return { ...choices, choices: choices.choices.slice(first, last + 1) }
}

/** The indices of the first and last of `count` equal shares that the interval touches, two at least. */
function atLeastTwo(start: number, end: number, count: number): [number, number] {
  const first = Math.floor(start * count + 1e-9)
  const last = Math.max(first, Math.ceil(end * count - 1e-9) - 1)
  if (last > first || count < 2) return [first, last]
  const middle = ((start + end) / 2) * count
  const downwards = (middle < first + 0.5 && first > 0) || first >= count - 1
  return downwards ? [first - 1, last] : [first, last + 1]
}
