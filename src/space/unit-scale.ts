import { exp, log } from '../numerics/elementary.ts'
import type { Distribution, FloatDistribution, IntDistribution, ParamValue } from './distribution.ts'

/**
 * The value at u in [0, 1): what a uniform draw becomes. Log ranges are uniform in the logarithm; ranges with a
 * step, ints and choices give each value its share of the interval. u outside [0, 1] gives the nearer end.
 */
export function fromUnit(distribution: Distribution, u: number): ParamValue {
  switch (distribution.kind) {
    case 'float':
      return distribution.step === null ? continuousAt(distribution, u) : steppedAt(distribution, u)
    case 'int':
      return isLogScaled(distribution) ? intAt(distribution, u) : steppedAt(distribution, u)
    case 'categorical': {
      const { choices } = distribution
      return choices[Math.min(choices.length - 1, Math.max(0, Math.floor(u * choices.length)))]!
    }
    case 'fixed':
      return distribution.value
  }
}

/**
 * Where a value lies: in [0, 1] inside the range, beyond it outside of the range (a number on a numeric axis only);
 * NaN for a choice that is not among them. A stepped value, an int on a linear axis or a choice lies in the middle
 * of its share; `fromUnit` gives the value back.
 */
export function toUnit(distribution: Distribution, value: ParamValue): number {
  if (distribution.kind === 'fixed') return 0.5
  if (distribution.kind === 'categorical') {
    const { choices } = distribution
    const index = choices.indexOf(value)
    return index < 0 ? NaN : (index + 0.5) / choices.length
  }
  if (typeof value !== 'number') return NaN
  const { low, step } = distribution
  if (isLogScaled(distribution)) {
    const [start, end] = logEnds(distribution)
    return value > 0 ? (log(value) - start) / (end - start) : -Infinity
  }
  if (step === null) return (value / 2 - low / 2) / (distribution.high / 2 - low / 2)
  return ((value - low) / step + 0.5) / countSteps(distribution)
}

/** How many values a distribution can take; Infinity if continuous. */
export function countValues(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'float':
      return distribution.step === null ? Infinity : countSteps(distribution)
    case 'int':
      return countSteps(distribution)
    case 'categorical':
      return distribution.choices.length
    case 'fixed':
      return 1
  }
}

/** The value of that index, 0 <= index < countValues, in order; only for a finite distribution. */
export function valueAt(distribution: Distribution, index: number): ParamValue {
  if (distribution.kind === 'int' && isLogScaled(distribution)) return distribution.low + index
  return fromUnit(distribution, (index + 0.5) / countValues(distribution))
}

/** Whether the distribution can give the value: within the bounds (inclusive), on the step, among the choices. */
export function contains(distribution: Distribution, value: ParamValue): boolean {
  if (distribution.kind === 'fixed') return distribution.value === value
  if (distribution.kind === 'categorical') return distribution.choices.includes(value)
  if (typeof value !== 'number' || !(value >= distribution.low && value <= distribution.high)) return false
  if (distribution.kind === 'int' && !Number.isInteger(value)) return false
  if (distribution.step === null) return true
  const steps = (value - distribution.low) / distribution.step
  return Math.abs(steps - Math.round(steps)) < 1e-6
}

/** A value on the range's axis, also outside of [0, 1]; of a stepped range, before it is put on its grid. */
export function placeOn(range: FloatDistribution | IntDistribution, u: number): number {
  if (isLogScaled(range)) {
    const [start, end] = logEnds(range)
    return exp(start + u * (end - start))
  }
  const width = range.high - range.low
  // A range from -1e308 to 1e308 is wider than any number.
  return Number.isFinite(width) ? range.low + u * width : range.low * (1 - u) + range.high * u
}

/**
 * Whether the axis is a log scale that numbers can tell from a linear one: between bounds that differ by less than a
 * millionth, the logarithms differ by rounding errors alone.
 */
function isLogScaled(range: FloatDistribution | IntDistribution): boolean {
  return range.log && range.high > range.low * (1 + 1e-6)
}

/**
 * The ends of a log axis as natural logarithms. An int's axis reaches half a unit past its bounds, so that the
 * end values get shares like their neighbours'.
 */
export function logEnds(range: FloatDistribution | IntDistribution): readonly [number, number] {
  const slack = range.kind === 'int' ? 0.5 : 0
  return [log(range.low - slack), log(range.high + slack)]
}

function continuousAt(range: FloatDistribution, u: number): number {
  if (u <= 0) return range.low
  if (u >= 1) return range.high
  return clamp(placeOn(range, u), range)
}

function intAt(range: IntDistribution, u: number): number {
  if (u >= 1) return range.high
  const [start, end] = logEnds(range)
  return clamp(Math.round(exp(start + u * (end - start))), range)
}

function steppedAt(range: FloatDistribution | IntDistribution, u: number): number {
  const count = countSteps(range)
  const index = Math.min(count - 1, Math.max(0, Math.floor(u * count)))
  return clamp(stepAt(range, index), range)
}

/**
 * The value that many steps above the lower bound of a stepped range, also past its ends. The sum is rounded to what
 * decimal steps can mean: 0.1 + 2 · 0.1 is 0.3, and -0.3 + 3 · 0.1 is 0.
 */
export function stepAt(range: FloatDistribution | IntDistribution, index: number): number {
  const value = range.low + index * (range.step ?? 1)
  if (range.kind === 'int') return value
  const decimals = decimalsOf(range)
  // Near 0, digits of the value would keep the error of the sum; its decimals do not, where numbers can tell them apart.
  const error = 1e-14 * Math.max(Math.abs(range.low), Math.abs(value))
  if (decimals > MOST_DECIMALS || 10 ** -decimals <= error) return Number(value.toPrecision(15))
  const sum = Number(value.toFixed(decimals))
  return sum === 0 ? 0 : sum
}

/** What `toFixed` can do. */
const MOST_DECIMALS = 100
const knownDecimals = new WeakMap<FloatDistribution, number>()

/** How many decimals the values of a stepped range have. */
function decimalsOf(range: FloatDistribution): number {
  let decimals = knownDecimals.get(range)
  if (decimals === undefined) {
    const ofEach = [range.low, range.step ?? 1].map((value) => {
      const [digits, exponent] = Math.abs(value).toExponential().split('e') as [string, string]
      return digits.replace('.', '').length - 1 - Number(exponent)
    })
    decimals = Math.max(0, ...ofEach)
    knownDecimals.set(range, decimals)
  }
  return decimals
}

/** How many values a stepped range has; the small slack lets [0, 0.3] by 0.1 have four. */
function countSteps(range: FloatDistribution | IntDistribution): number {
  return Math.floor((range.high - range.low) / (range.step ?? 1) + 1e-9) + 1
}

function clamp(value: number, range: { readonly low: number; readonly high: number }): number {
  return Math.min(range.high, Math.max(range.low, value))
}
