import { isRecord } from '../arguments.ts'
import { UserError } from '../errors.ts'
import { show } from '../text/quote.ts'
import { checkChoiceArguments, checkConditional, checkRangeOptions } from './constructor-arguments.ts'
import type {
  CategoricalDistribution,
  Distribution,
  FixedDistribution,
  FloatDistribution,
  IntDistribution,
  ParamValue,
} from './distribution.ts'
import { choiceList, fileEntry, floatRange, intRange, type RangeOptions } from './distribution-forms.ts'
import { assertDistribution, optionMistake } from './distribution-rules.ts'
import type { Condition, Constraint, SearchSpace } from './search-space.ts'
import { isParameterName, PARAMETER_NAME_RULE } from './space-names.ts'
import { assertSpace } from './space-rules.ts'

/** A parameter that exists only where others have given values. */
export interface Conditional<D extends Distribution = Distribution> {
  readonly kind: 'conditional'
  readonly when: Condition
  readonly distribution: D
}

/** A search space as code writes it: `{ lr: float(1e-5, 1, { log: true }), act: choice(['relu', 'tanh']) }`. */
export type ParameterMap = Readonly<Record<string, Distribution | Conditional>>

/** What a parameter of that distribution can be. */
export type ValueOf<D> = D extends { readonly kind: 'float' | 'int' }
  ? number
  : D extends { readonly kind: 'categorical'; readonly choices: readonly (infer C)[] }
    ? C
    : D extends { readonly kind: 'fixed'; readonly value: infer V }
      ? V
      : D extends { readonly kind: 'conditional'; readonly distribution: infer Inner }
        ? ValueOf<Inner>
        : never

type ConditionalNames<S> = {
  [Name in keyof S]: S[Name] extends { readonly kind: 'conditional' } ? Name : never
}[keyof S]

/** The params that a space written in code gives: names and types; conditional parameters are optional. */
export type ParamsOf<S extends ParameterMap> = {
  readonly [Name in Exclude<keyof S, ConditionalNames<S>>]: ValueOf<S[Name]>
} & { readonly [Name in ConditionalNames<S>]?: ValueOf<S[Name]> }

/**
 * A real number in [low, high]. The bounds are hard unless `soft`: narrowing never goes past them. Equal bounds give a
 * fixed value.
 * @throws UserError('usage') if the bounds are unsound
 */
export function float(
  low: number,
  high: number,
  options: RangeOptions = {},
): FloatDistribution | (FixedDistribution & { readonly value: number }) {
  return range(`float(${show(low)}, ${show(high)})`, () => floatRange(low, high, options), options)
}

/** A whole number in [low, high], both inclusive; else as `float`. */
export function int(
  low: number,
  high: number,
  options: RangeOptions = {},
): IntDistribution | (FixedDistribution & { readonly value: number }) {
  return range(`int(${show(low)}, ${show(high)})`, () => intRange(low, high, options), options)
}

/** Ranges made with `hard: true`, which counts where the default is soft. The record itself can't tell. */
const statedHard = new WeakSet<Distribution>()

function range<D extends Distribution>(name: string, make: () => D, options: RangeOptions): D {
  checkRangeOptions(name, options)
  const distribution = make()
  const found = optionMistake(options)
  if (found !== null) throw new UserError('usage', `${name}: ${found.message}`, { hint: found.hint })
  assertDistribution(name, distribution)
  if (options.hard === true) statedHard.add(distribution)
  return Object.freeze(distribution)
}

/** A parameter of a space in code as an entry of a study file. */
export function fileEntryOf(parameter: Distribution | Conditional): Record<string, unknown> {
  if (parameter.kind === 'conditional') {
    return { ...fileEntryOf(parameter.distribution), when: parameter.when }
  }
  return { ...fileEntry(parameter), ...(statedHard.has(parameter) ? { hard: true } : {}) }
}

/**
 * One of a list; `ordered` if neighbours in it are similar, so that it can be narrowed as a range.
 * Throws UserError('usage') if the list is empty or a value is repeated.
 */
export function choice<const C extends readonly ParamValue[]>(
  choices: C,
  options: { readonly ordered?: boolean } = {},
): CategoricalDistribution & { readonly choices: C } {
  checkChoiceArguments(choices, options)
  const distribution = Object.freeze(choiceList(Object.freeze([...choices]) as unknown as C, options.ordered))
  assertDistribution('choice', distribution)
  return distribution
}

/** Always the same value. */
export function fixed<const V extends ParamValue>(value: V): FixedDistribution & { readonly value: V } {
  const distribution = Object.freeze({ kind: 'fixed' as const, value })
  assertDistribution('fixed', distribution)
  return distribution
}

/**
 * A parameter that exists only where others have these values: `when({ optimizer: 'adam' }, float(0.8, 0.99))`.
 * @throws UserError('usage') if the distribution is none, or has a condition of its own
 */
export function when<D extends Distribution>(condition: Condition, distribution: D): Conditional<D> {
  checkConditional(condition, distribution)
  return Object.freeze({ kind: 'conditional', when: condition, distribution })
}

const KINDS: readonly unknown[] = ['float', 'int', 'categorical', 'fixed', 'conditional']

/**
 * The plain, frozen search space of parameters written in code.
 * Throws UserError('usage') if a condition or a constraint names what is not there.
 */
export function searchSpace(
  parameters: ParameterMap,
  options: { readonly require?: Constraint | readonly Constraint[] } = {},
): SearchSpace {
  const distributions: Record<string, Distribution> = {}
  const conditions: Record<string, Condition> = {}
  if (!isRecord(parameters)) {
    throw new UserError('usage', `A space must be an object of parameters by name, got ${show(parameters)}`, {
      hint: 'Write { learningRate: float(1e-5, 1, { log: true }) }.',
    })
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!isParameterName(name)) {
      throw new UserError('usage', `A parameter can't be called ${show(name)}`, { hint: PARAMETER_NAME_RULE })
    }
    if (!KINDS.includes((parameter as Partial<typeof parameter> | null)?.kind)) {
      throw new UserError('usage', `${name}: must be made by float, int, choice, fixed or when`, {
        hint: 'Write { learningRate: float(1e-5, 1, { log: true }) }.',
      })
    }
    if (parameter.kind === 'conditional') {
      distributions[name] = parameter.distribution
      conditions[name] = parameter.when
    } else {
      distributions[name] = parameter
    }
  }
  const { require = [] } = options
  const space: SearchSpace = Object.freeze({
    parameters: Object.freeze(distributions),
    conditions: Object.freeze(conditions),
    constraints: Object.freeze(typeof require === 'string' ? [require] : [...require]),
  })
  assertSpace(space)
  return space
}
