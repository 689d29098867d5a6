import type { Activation } from '../train/kernels/kernels.ts'

export const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'maxout'] as const satisfies readonly Activation[]

/** The values a number may take; `whole` for whole numbers only. */
export interface NumberRule {
  readonly whole: boolean
  readonly low: number
  readonly high: number
  /** True if the bound itself is not allowed. */
  readonly openLow: boolean
  readonly openHigh: boolean
}

const UNBOUNDED: NumberRule = {
  whole: false,
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  openLow: false,
  openHigh: true,
}
const POSITIVE: NumberRule = { ...UNBOUNDED, low: 0, openLow: true }
const NOT_NEGATIVE: NumberRule = { ...UNBOUNDED, low: 0 }
const PROBABILITY: NumberRule = { ...UNBOUNDED, low: 0, high: 1 }
const FACTOR: NumberRule = { ...UNBOUNDED, low: 0, high: 1, openLow: true, openHigh: false }

function wholeNumber(low: number, high: number): NumberRule {
  return { whole: true, low, high, openLow: false, openHigh: false }
}

/** What each number of the two blocks may be; the same rules hold for the search space. */
export const NUMBER_RULES = Object.freeze({
  units: wholeNumber(1, 65_536),
  maxoutPieces: wholeNumber(1, 64),
  dropout: PROBABILITY,
  weightScale: POSITIVE,
  batchSize: wholeNumber(1, 65_536),
  learningRate: POSITIVE,
  reg: NOT_NEGATIVE,
  momentum: PROBABILITY,
  beta1: PROBABILITY,
  beta2: PROBABILITY,
  epsilon: POSITIVE,
  scheduleFactor: FACTOR,
  epochs: wholeNumber(1, 1_000_000),
  warmup: wholeNumber(0, 1_000_000),
  layers: wholeNumber(0, 64),
})

/** True if the value obeys the rule. */
export function obeys(rule: NumberRule, value: number): boolean {
  if (!Number.isFinite(value) || (rule.whole && !Number.isInteger(value))) return false
  const aboveLow = rule.openLow ? value > rule.low : value >= rule.low
  return aboveLow && (rule.openHigh ? value < rule.high : value <= rule.high)
}

/** The rule in words: "a number in [0, 1)", "a whole number in [1, 64]", "a number above 0". */
export function describeRule(rule: NumberRule): string {
  const { whole, low, high, openLow, openHigh } = rule
  const noun = whole ? 'a whole number' : 'a number'
  if (high === Number.POSITIVE_INFINITY) return `${noun} ${openLow ? 'above' : 'of at least'} ${low}`
  return `${noun} in ${openLow ? '(' : '['}${low}, ${high}${openHigh ? ')' : ']'}`
}
