import { z } from 'zod'
import type { WrittenObjective } from '../objective/kind.ts'
import { DEFAULT_OBJECTIVE, OBJECTIVE_KINDS } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
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

const SAFE_NAME = /^[\p{L}\p{N}]([\p{L}\p{N} ._-]*[\p{L}\p{N}._-])?$/u

/** A name is typed in commands and stands in tables: letters, digits, spaces, `.`, `_` and `-`. */
export const nameSchema = z
  .string()
  .min(1, { abort: true })
  .max(80)
  .regex(SAFE_NAME, {
    error: ({ input }) =>
      `must begin with a letter or digit, contain only letters, digits, spaces, ".", "_" and "-", and not end with a space, got ${JSON.stringify(input)}`,
  })

export const seedSchema = z.int().min(0)

/** Which of the trials before it a trial may see; a lag longer than a stage means that no results are seen. */
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

/** What ends a study that has nothing left to win; null for never. */
export const stopSchema = z
  .strictObject({
    patience: z.int().min(1).nullable().default(null),
    target: z.number().nullable().default(null),
  })
  .prefault({})

/** An objective as the file says it, before its paths are resolved. */
export interface ObjectiveChoice {
  readonly kind: ObjectiveSettings['kind']
  readonly written: WrittenObjective
}

/** The keys of `objective: { ... }`, of all kinds. */
const OBJECTIVE_KEYS = Object.assign({}, ...OBJECTIVE_KINDS.map(({ keys }) => keys)) as Record<
  string,
  z.ZodType
>

/** The kinds that are written as a block, by the key that selects them. */
const BY_KEY = new Map(
  OBJECTIVE_KINDS.flatMap((kind) =>
    Object.keys(kind.keys)
      .slice(0, 1)
      .map((key) => [key, kind] as const),
  ),
)

/** The name of the built-in objective, the path of a module, `{ module: path }` or `{ command: "...", cwd: path }`. */
export const objectiveSchema = z
  .union([z.string(), z.strictObject(OBJECTIVE_KEYS)])
  .transform((written, context): ObjectiveChoice => {
    const refuse = (message: string, hint: string): never => {
      context.addIssue({ code: 'custom', message, params: { hint } })
      return z.NEVER
    }
    if (typeof written === 'string') {
      const meant = OBJECTIVE_KINDS.find((kind) => kind.isShort(written))
      if (meant !== undefined) return { kind: meant.kind, written }
      const near = closestName(written, [DEFAULT_OBJECTIVE])
      return refuse(
        `must be ${DEFAULT_OBJECTIVE}, a module or a command, got ${JSON.stringify(written.slice(0, 60))}`,
        near !== undefined
          ? `Did you mean "${near}"?`
          : 'A module is a path such as ./my-objective.ts; a command is { command: "python3 train.py --lr {learningRate}" }.',
      )
    }
    // An unknown key is reported already.
    if (context.issues.length > 0) return z.NEVER
    const given = Object.keys(written).filter((key) => written[key] !== undefined)
    const selecting = given.filter((key) => BY_KEY.has(key))
    const kind = BY_KEY.get(selecting[0] ?? '')
    const keysHint = 'Write { module: ./my-objective.ts } or { command: "…", cwd: folder }.'
    if (selecting.length > 1)
      return refuse(`has both ${selecting.map((key) => `a ${key}`).join(' and ')}`, keysHint)
    if (kind === undefined) return refuse(`needs ${[...BY_KEY.keys()].join(' or ')}`, keysHint)
    const strange = given.find((key) => !Object.hasOwn(kind.keys, key))
    if (strange !== undefined)
      return refuse(
        `is ${kind.noun}, which has no ${strange}`,
        `It has ${Object.keys(kind.keys).join(', ')}.`,
      )
    return { kind: kind.kind, written }
  })
