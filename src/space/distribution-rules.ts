import { UserError } from '../errors.ts'
import { show } from '../text/quote.ts'
import type { Distribution, ParamValue } from './distribution.ts'
import type { RangeOptions } from './distribution-forms.ts'

/** A rule that a distribution breaks. */
export interface DistributionMistake {
  /** Which part of it: what a reader of files points at. */
  readonly part: 'low' | 'high' | 'step' | 'log' | 'soft' | 'choices' | 'value'
  /** The rule and the value seen, without the parameter's name: "low must be > 0 on a log scale, got 0". */
  readonly message: string
  /** The way out. */
  readonly hint: string
}

/** The first rule that a distribution breaks; null if it is sound. */
export function distributionMistake(distribution: Distribution): DistributionMistake | null {
  switch (distribution.kind) {
    case 'float':
    case 'int':
      return rangeMistake(distribution)
    case 'categorical':
      return choicesMistake(distribution.choices)
    case 'fixed':
      return isParamValue(distribution.value)
        ? null
        : mistake(
            'value',
            `a fixed value must be a finite number, a string, true/false or null, got ${show(distribution.value)}`,
            'Use a single value.',
          )
  }
}

/** What is wrong with the options of a range, whatever its bounds; null if nothing is. */
export function optionMistake({ soft, hard }: RangeOptions): DistributionMistake | null {
  return soft === true && hard === true
    ? mistake('soft', 'soft and hard cannot be combined', 'Keep one of them; bounds are hard by default.')
    : null
}

/** Throws UserError('usage') if the distribution is unsound; `name` begins the sentence. */
export function assertDistribution(name: string, distribution: Distribution): void {
  const found = distributionMistake(distribution)
  if (found !== null) throw new UserError('usage', `${name}: ${found.message}`, { hint: found.hint })
}

/** Whether it is a finite number, a text, a boolean or null. */
export function isParamValue(value: unknown): value is ParamValue {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' || typeof value === 'boolean' || value === null
}

function rangeMistake(range: Extract<Distribution, { kind: 'float' | 'int' }>): DistributionMistake | null {
  const { kind, low, high, log, step } = range
  for (const [part, bound] of [
    ['low', low],
    ['high', high],
  ] as const) {
    if (typeof bound !== 'number' || !Number.isFinite(bound)) {
      return mistake(part, `${part} must be a finite number, got ${show(bound)}`, 'Use two numbers.')
    }
    if (kind === 'int' && !Number.isSafeInteger(bound)) {
      return Number.isInteger(bound)
        ? mistake(
            part,
            `${part} must lie within ±(2^53 - 1), got ${show(bound)}`,
            'Use float for numbers as large as this.',
          )
        : mistake(part, `${part} must be a whole number, got ${show(bound)}`, 'Round it, or use float.')
    }
  }
  if (low >= high) {
    return mistake('low', `low must be below high, got ${show(low)} and ${show(high)}`, 'Swap them.')
  }
  if (log && kind === 'float' && low <= 0) {
    return mistake('low', `low must be > 0 on a log scale, got ${show(low)}`, 'Raise low, or drop log.')
  }
  if (log && kind === 'int' && low < 1) {
    return mistake(
      'low',
      `low must be at least 1 on a log scale, got ${show(low)}`,
      'Raise low, or drop log.',
    )
  }
  if (step === null) return null
  if (typeof step !== 'number' || !(step > 0) || !Number.isFinite(step)) {
    return mistake('step', `step must be a number above 0, got ${show(step)}`, 'Raise step, or drop it.')
  }
  if (log && !(kind === 'int' && step === 1)) {
    return mistake('step', `step cannot be combined with log, got ${show(step)}`, 'Drop step, or drop log.')
  }
  if (kind === 'int' && !Number.isSafeInteger(step)) {
    return mistake('step', `step must be a whole number, got ${show(step)}`, 'Round it, or use float.')
  }
  if (step > (high - low) * (1 + 1e-9)) {
    return mistake(
      'step',
      `step must fit between low and high, got ${show(step)}`,
      'Lower step, or widen the range.',
    )
  }
  return null
}

function choicesMistake(choices: readonly ParamValue[]): DistributionMistake | null {
  if (choices.length === 0) return mistake('choices', 'choices must not be empty', 'Add at least one.')
  const seen = new Set<ParamValue>()
  for (const choice of choices) {
    if (!isParamValue(choice)) {
      return mistake(
        'choices',
        `a choice must be a finite number, a string, true/false or null, got ${show(choice)}`,
        'Change or drop it.',
      )
    }
    if (seen.has(choice))
      return mistake('choices', `choices must be unique; ${show(choice)} is repeated`, 'Drop one of them.')
    seen.add(choice)
  }
  return null
}

function mistake(part: DistributionMistake['part'], message: string, hint: string): DistributionMistake {
  return { part, message, hint }
}
