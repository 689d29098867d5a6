import { z } from 'zod'
import { closestName } from '../text/closest-name.ts'
import type { Limits } from './experiment.ts'

/** What the file gets if it says nothing: a file alone is a reproducible study. */
export const DEFAULT_SEED = 42
export const DEFAULT_LAG = 8
export const DEFAULT_LIMITS: Limits = {
  trialTimeout: null,
  retries: 1,
  maxFailures: 20,
  timeout: null,
  maxEpochs: null,
  heapMb: 256,
}

const SAFE_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u

/** A name is typed in commands and stands in tables: letters, digits, spaces, `.`, `_` and `-`. */
export const nameSchema = z
  .string()
  .min(1, { abort: true })
  .max(80)
  .regex(SAFE_NAME, {
    error: ({ input }) =>
      `must begin with a letter or digit and hold only letters, digits, spaces, ".", "_" and "-", got ${JSON.stringify(input)}`,
  })

export const seedSchema = z.int().min(0)

/** Which of the trials before it a trial may see; more than a stage has is no lag but all of them unseen. */
export const lagSchema = z.int().min(1).max(1_000_000)

export const directionSchema = z.enum(['minimize', 'maximize'])

export const metricSchema = z.string().min(1).max(80)

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
}

/** Timers count milliseconds in 31 bits; three weeks are beyond any trial. */
const MOST_SECONDS = 21 * 86_400

/** A time as seconds (`90`) or with its unit (`90 s`, `5 min`, `2 h`); gives seconds. */
const secondsSchema = z.union([z.number(), z.string()]).transform((value, context): number => {
  const match = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(value) : null
  const unit = UNITS[match?.[2]?.toLowerCase() ?? '']
  const seconds = typeof value === 'number' ? value : match && unit ? Number(match[1]) * unit : Number.NaN
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds
  context.addIssue({
    code: 'custom',
    message: `must be a time above 0 and at most 21 d, got ${JSON.stringify(value)}`,
    params: { hint: 'Write seconds, or a number with ms, s, min, h or d: "90 s", "2 h".' },
  })
  return z.NEVER
})

/** What stops a trial or a study that goes wrong; null where nothing does. */
export const limitsSchema = z
  .strictObject({
    trialTimeout: secondsSchema.nullable().default(DEFAULT_LIMITS.trialTimeout),
    retries: z.int().min(0).max(100).default(DEFAULT_LIMITS.retries),
    maxFailures: z.int().min(1).nullable().default(DEFAULT_LIMITS.maxFailures),
    timeout: secondsSchema.nullable().default(DEFAULT_LIMITS.timeout),
    maxEpochs: z.int().min(1).nullable().default(DEFAULT_LIMITS.maxEpochs),
    heapMb: z.int().min(16).max(65_536).default(DEFAULT_LIMITS.heapMb),
  })
  .prefault({})

/** An objective as the file says it, before its paths are resolved. */
export type ObjectiveChoice =
  | { readonly kind: 'mlp-classifier' }
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string; readonly cwd: string | null }

const MODULE_FILE = /[\\/]|\.[cm]?[jt]s$/

/** `mlp-classifier`, the path of a module, `{ module: path }` or `{ command: "...", cwd: path }`. */
export const objectiveSchema = z
  .union([
    z.string(),
    z.strictObject({
      module: z.string().min(1).optional(),
      command: z.string().min(1).max(10_000).optional(),
      cwd: z.string().min(1).optional(),
    }),
  ])
  .transform((value, context): ObjectiveChoice => {
    const refuse = (message: string, hint: string): never => {
      context.addIssue({ code: 'custom', message, params: { hint } })
      return z.NEVER
    }
    if (typeof value === 'string') {
      if (value === 'mlp-classifier') return { kind: 'mlp-classifier' }
      if (MODULE_FILE.test(value)) return { kind: 'module', path: value }
      const near = closestName(value, ['mlp-classifier'])
      return refuse(
        `must be mlp-classifier, a module or a command, got ${JSON.stringify(value.slice(0, 60))}`,
        near !== undefined
          ? `Did you mean "${near}"?`
          : 'A module is a path such as ./my-objective.ts; a command is { command: "python3 train.py --lr {learningRate}" }.',
      )
    }
    // An unknown key is told already.
    if (context.issues.length > 0) return z.NEVER
    const { module: path, command, cwd = null } = value
    if (path !== undefined && command === undefined && cwd === null) return { kind: 'module', path }
    if (command !== undefined && path === undefined) return { kind: 'command', command, cwd }
    return refuse(
      path !== undefined && command !== undefined
        ? 'has both a module and a command'
        : 'needs module or command',
      'Write { module: ./my-objective.ts } or { command: "…", cwd: folder }.',
    )
  })
