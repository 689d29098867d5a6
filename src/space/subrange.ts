import { exp } from '../numerics/elementary.ts'
import type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
} from './distribution.ts'
import { rounded } from './rounded.ts'
import { countValues, logEnds } from './unit-scale.ts'

/**
 * The part of a range, or its extension, between two places of its unit interval: below 0 and above 1 lie outside.
 * Bounds are rounded outwards to three digits; a hard bound, and zero for a range without negative values, is never
 * passed; a step stays on its grid; an int or an ordered choice keeps at least two values (if it had two).
 * Unordered choices and fixed values come back as they are.
 */
export function subrange(distribution: Distribution, start: number, end: number): Distribution {
  switch (distribution.kind) {
    case 'float':
      return distribution.step === null
        ? continuousPart(distribution, start, end)
        : steppedPart(distribution, start, end)
    case 'int':
      return distribution.log ? logIntPart(distribution, start, end) : steppedPart(distribution, start, end)
    case 'categorical':
      return distribution.ordered ? choicesPart(distribution, start, end) : distribution
    case 'fixed':
      return distribution
  }
}

function continuousPart(range: FloatDistribution, start: number, end: number): FloatDistribution {
  const low = start <= 0 && range.hard ? range.low : rounded(place(range, start), 3, -1)
  const high = end >= 1 && range.hard ? range.high : rounded(place(range, end), 3, 1)
  return bounded(range, start === 0 ? range.low : low, end === 1 ? range.high : high)
}

/** A value on the axis, also outside of the range. */
function place(range: FloatDistribution | IntDistribution, u: number): number {
  if (!range.log) return range.low + u * (range.high - range.low)
  const [from, to] = logEnds(range)
  return exp(from + u * (to - from))
}

/** The wanted bounds as far as the range lets them go. */
function bounded<R extends FloatDistribution | IntDistribution>(range: R, low: number, high: number): R {
  const floor = range.hard
    ? range.low
    : range.low >= 0
      ? range.kind === 'int' && range.log
        ? 1
        : 0
      : -Infinity
  const ceiling = range.hard ? range.high : range.high <= 0 ? 0 : Infinity
  const within = { low: Math.max(low, floor), high: Math.min(high, ceiling) }
  if (range.log && range.kind === 'float') within.low = Math.max(within.low, Number.MIN_VALUE)
  return within.low < within.high ? { ...range, ...within } : range
}

function steppedPart<R extends FloatDistribution | IntDistribution>(range: R, start: number, end: number): R {
  const count = countValues(range)
  const step = range.step ?? 1
  const [first, last] = atLeastTwo(start, end, count)
  // Only the bounds are cut here: the grid of a stepped range goes on past its ends as it goes on within.
  const fromLow = range.hard ? Math.max(0, first) : first
  const toHigh = range.hard ? Math.min(count - 1, last) : last
  const floor = range.low >= 0 && !range.hard ? -Math.floor(range.low / step + 1e-9) : -Infinity
  return bounded(range, at(range, Math.max(floor, fromLow)), at(range, toHigh))
}

function at(range: FloatDistribution | IntDistribution, index: number): number {
  return Number((range.low + index * (range.step ?? 1)).toPrecision(15))
}

function logIntPart(range: IntDistribution, start: number, end: number): IntDistribution {
  const low = Math.max(1, Math.round(place(range, start) + 0.5 - 1e-9) - (start <= 0 ? 0 : 1))
  const high = Math.max(low, Math.round(place(range, end) - 0.5 + 1e-9) + (end >= 1 ? 0 : 1))
  const cut = { low: start === 0 ? range.low : low, high: end === 1 ? range.high : high }
  const wide =
    cut.high > cut.low ? cut : { low: Math.max(range.hard ? range.low : 1, cut.low - 1), high: cut.high + 1 }
  return bounded(range, wide.low, wide.high)
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
