import { z } from 'zod'
import { show } from '../text/quote.ts'
import type {
  CategoricalDistribution,
  Distribution,
  FixedDistribution,
  FloatDistribution,
  IntDistribution,
  ParamValue,
} from './distribution.ts'

/** The options of a range, in code and in a study file. */
export interface RangeOptions {
  /** Uniform in the logarithm; low must be > 0. */
  readonly log?: boolean | undefined
  /** Values are low + k·step. */
  readonly step?: number | undefined
  /** Lets narrowing go past the bounds where the best values lie at one. Bounds are hard otherwise. */
  readonly soft?: boolean | undefined
  /** `hard: true` keeps the bounds also where the default is soft: learningRate and reg of the classifier. */
  readonly hard?: boolean | undefined
}

export const valueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()], {
  error: (issue) => `expected a number, a string, true/false or null, got ${show(issue.input)}`,
})
const number = z.number({ error: (issue) => `expected a number, got ${show(issue.input)}` })
const flag = z.boolean({ error: (issue) => `expected true or false, got ${show(issue.input)}` })
const bounds = z.tuple([number, number], {
  error: (issue) => `expected [low, high], two numbers, got ${show(issue.input)}`,
})
const rangeOptions = {
  log: flag.optional(),
  step: number.optional(),
  soft: flag.optional(),
  hard: flag.optional(),
}
const storedBounds = { low: z.number(), high: z.number(), log: z.boolean() }
const storedHard = { hard: z.boolean() }

/** The key of a study file that says a distribution's kind: `{ choices: [relu, tanh] }` is categorical. */
export const FILE_KEYS = { float: 'float', int: 'int', categorical: 'choices', fixed: 'fixed' } as const

/** What an entry of a study file's `space:` may hold for each kind, without its condition. */
export const FILE_ENTRIES = {
  float: { float: bounds, ...rangeOptions },
  int: { int: bounds, ...rangeOptions },
  categorical: {
    choices: z.array(valueSchema, {
      error: (issue) => `expected a list of numbers, strings, true/false or null, got ${show(issue.input)}`,
    }),
    ordered: flag.optional(),
  },
  fixed: { fixed: valueSchema },
} as const

/**
 * A distribution as the store keeps it, which is the record itself: its keys in the same order too, because a space is
 * identified by the hash of its JSON.
 */
export const storedDistribution = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('float'), ...storedBounds, step: z.number().nullable(), ...storedHard }),
  z.object({ kind: z.literal('int'), ...storedBounds, step: z.number(), ...storedHard }),
  z.object({ kind: z.literal('categorical'), choices: z.array(valueSchema), ordered: z.boolean() }),
  z.object({ kind: z.literal('fixed'), value: valueSchema }),
])

type OneNumber = FixedDistribution & { readonly value: number }

/** The record of a range of real numbers; a fixed value where both bounds are the same. Nothing else is checked. */
export function floatRange(low: number, high: number, options: RangeOptions): FloatDistribution | OneNumber {
  if (low === high) return { kind: 'fixed', value: low }
  return {
    kind: 'float',
    // -0 would be written as 0.
    low: low === 0 ? 0 : low,
    high: high === 0 ? 0 : high,
    log: options.log ?? false,
    step: options.step ?? null,
    ...hardness(options),
  }
}

/** The record of a range of whole numbers, as `floatRange`. */
export function intRange(low: number, high: number, options: RangeOptions): IntDistribution | OneNumber {
  if (low === high && Number.isSafeInteger(low)) return { kind: 'fixed', value: low }
  return { kind: 'int', low, high, log: options.log ?? false, step: options.step ?? 1, ...hardness(options) }
}

function hardness({ soft = false, hard = !soft }: RangeOptions): { readonly hard: boolean } {
  return { hard }
}

/** The record of a list of choices. */
export function choiceList<const C extends readonly ParamValue[]>(
  choices: C,
  ordered = false,
): CategoricalDistribution & { readonly choices: C } {
  return { kind: 'categorical', choices, ordered }
}

/**
 * A distribution as an entry of a study file: `{ float: [1e-6, 10], log: true }`. Options that have their default
 * are left out.
 */
export function fileEntry(distribution: Distribution): Record<string, unknown> {
  switch (distribution.kind) {
    case 'fixed':
      return { fixed: distribution.value }
    case 'categorical': {
      const { choices, ordered } = distribution
      return { choices, ...(ordered ? { ordered } : {}) }
    }
    case 'float':
    case 'int': {
      const { kind, low, high, log, step, hard } = distribution
      const hasStep = step !== null && !(kind === 'int' && step === 1)
      return {
        [FILE_KEYS[kind]]: [low, high],
        ...(log ? { log } : {}),
        ...(hasStep ? { step } : {}),
        ...(hard ? {} : { soft: true }),
      }
    }
  }
}

/** A distribution in the words of a study file: `{ float: [0.1, 1], log: true }`, `{ choices: ["a", "b"] }`, `0.9`. */
export function describeDistribution(distribution: Distribution): string {
  if (distribution.kind === 'fixed') return JSON.stringify(distribution.value)
  const parts = Object.entries(fileEntry(distribution)).map(([key, value]) => `${key}: ${flow(value)}`)
  return `{ ${parts.join(', ')} }`
}

function flow(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map((item) => (typeof item === 'number' ? String(item) : JSON.stringify(item))).join(', ')}]`
    : String(value)
}
