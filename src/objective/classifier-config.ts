import { z } from 'zod'
import type { Activation, Arithmetic } from '../train/kernels/kernels.ts'
import { DEFAULT_OPTIMIZER, OPTIMIZER_KINDS, type OptimizerSettings } from '../train/optimizers.ts'
import type { RegressionLoss } from '../train/regression.ts'
import { DEFAULT_SCHEDULE, SCHEDULE_KINDS, type ScheduleSettings } from '../train/schedules.ts'
import type { Direction } from '../trial.ts'
import { ACTIVATIONS, describeRule, NUMBER_RULES, type NumberRule, obeys } from './classifier-rules.ts'

/** The `model` and `training` blocks of a study file, all defaults filled in: what a trial's params override. */
export interface ClassifierConfig {
  readonly model: {
    readonly hidden: readonly number[]
    readonly activation: Activation
    readonly maxoutPieces: number
    readonly batchNorm: boolean
    readonly dropout: number
    /** Standard deviation of the first weights; null for He's sqrt(2 / inputs). */
    readonly weightScale: number | null
  }
  readonly training: {
    /** Rows of a step; null for the most, up to 200, that give 20 steps an epoch. */
    readonly batchSize: number | null
    readonly optimizer: OptimizerSettings
    readonly learningRate: number
    readonly reg: number
    readonly schedule: ScheduleSettings
    /** A trial ends early when its metric has not improved for this many epochs; null for never. */
    readonly patience: number | null
    readonly arithmetic: 'auto' | Arithmetic
    readonly backend: 'auto' | 'wasm' | 'plain'
    /** What is minimised where a number is predicted; squared if absent. */
    readonly loss?: RegressionLoss | undefined
    /** Gives each class the same say in the loss. */
    readonly classWeights?: 'balanced' | undefined
  }
  /** Which of the measured metrics is a measurement's value: validAccuracy, validLoss, trainLoss, ... */
  readonly metric: string
  /** Which way the metric gets better. */
  readonly direction: Direction
}

/** The metrics a study of classifiers can rank by, and which way each gets better. */
export const CLASSIFIER_METRICS: Readonly<Record<string, Direction>> = Object.freeze({
  validAccuracy: 'maximize',
  validLoss: 'minimize',
  trainAccuracy: 'maximize',
  trainLoss: 'minimize',
  trainDataLoss: 'minimize',
  validBalancedAccuracy: 'maximize',
  validMacroF1: 'maximize',
  validAuc: 'maximize',
})

/** The same where a number is predicted. */
export const REGRESSION_METRICS: Readonly<Record<string, Direction>> = Object.freeze({
  validR2: 'maximize',
  validRmse: 'minimize',
  validLoss: 'minimize',
  trainR2: 'maximize',
  trainLoss: 'minimize',
  trainDataLoss: 'minimize',
})

/** What a study that predicts a number ranks by unless it says so. */
export const USUAL_REGRESSION_AIM = Object.freeze({ metric: 'validR2', direction: 'maximize' } as const)

function number(rule: NumberRule) {
  const message = (input: unknown): string =>
    `must be ${describeRule(rule)}, got ${typeof input === 'object' ? JSON.stringify(input) : String(input)}`
  return z
    .number({ error: ({ input }) => message(input) })
    .refine((value) => obeys(rule, value), { error: ({ input }) => message(input) })
}

/** `relu` or `{ kind: relu, ... }`: a name alone stands for a block with that kind. */
function kindOrBlock<T extends z.ZodType>(block: T) {
  return z.preprocess((value) => (typeof value === 'string' ? { kind: value } : value), block).prefault({})
}

/**
 * The `model` block. Messages of all schemas here say the rule and the value seen, without the name, which is the
 * issue's path: "must be a number in [0, 1), got 1.2".
 */
export const modelSchema = z
  .strictObject({
    hidden: z.array(number(NUMBER_RULES.units)).max(64).readonly().default([200, 100]),
    activation: z.enum(ACTIVATIONS).default('relu'),
    maxoutPieces: number(NUMBER_RULES.maxoutPieces).default(2),
    batchNorm: z.boolean().default(false),
    dropout: number(NUMBER_RULES.dropout).default(0),
    weightScale: number(NUMBER_RULES.weightScale).nullable().default(null),
  })
  .prefault({})

const optimizerSchema = kindOrBlock(
  z.strictObject({
    kind: z.enum(OPTIMIZER_KINDS).default(DEFAULT_OPTIMIZER.kind),
    momentum: number(NUMBER_RULES.momentum).default(DEFAULT_OPTIMIZER.momentum),
    beta1: number(NUMBER_RULES.beta1).default(DEFAULT_OPTIMIZER.beta1),
    beta2: number(NUMBER_RULES.beta2).default(DEFAULT_OPTIMIZER.beta2),
    epsilon: number(NUMBER_RULES.epsilon).default(DEFAULT_OPTIMIZER.epsilon),
    biasCorrection: z.boolean().default(DEFAULT_OPTIMIZER.biasCorrection),
  }),
)

const scheduleSchema = kindOrBlock(
  z.strictObject({
    kind: z.enum(SCHEDULE_KINDS).default(DEFAULT_SCHEDULE.kind),
    factor: number(NUMBER_RULES.scheduleFactor).nullable().default(DEFAULT_SCHEDULE.factor),
    every: number(NUMBER_RULES.epochs).default(DEFAULT_SCHEDULE.every),
    patience: number(NUMBER_RULES.epochs).default(DEFAULT_SCHEDULE.patience),
    warmup: number(NUMBER_RULES.warmup).default(DEFAULT_SCHEDULE.warmup),
  }),
)

/** The `training` block. */
export const trainingSchema = z
  .strictObject({
    batchSize: number(NUMBER_RULES.batchSize).nullable().default(null),
    optimizer: optimizerSchema,
    learningRate: number(NUMBER_RULES.learningRate).default(1e-3),
    reg: number(NUMBER_RULES.reg).default(0),
    schedule: scheduleSchema,
    patience: number(NUMBER_RULES.epochs).nullable().default(null),
    arithmetic: z.enum(['auto', 'fma', 'muladd']).default('auto'),
    backend: z.enum(['auto', 'wasm', 'plain']).default('auto'),
    loss: z.enum(['squared', 'huber']).optional(),
    classWeights: z.enum(['balanced']).optional(),
  })
  .prefault({})

/** The rows of a training step, given the number of training rows. */
export function batchSizeFor({ training }: ClassifierConfig, rows: number): number {
  const usual = Math.max(1, Math.min(MOST_USUAL_ROWS, Math.floor(rows / USUAL_STEPS)))
  return Math.min(training.batchSize ?? usual, rows)
}

/** The most rows of a step where a study says none. */
export const MOST_USUAL_ROWS = 200
const USUAL_STEPS = 20

/** The resolved blocks with what the study ranks by. */
export function classifierConfig(
  model: z.output<typeof modelSchema>,
  training: z.output<typeof trainingSchema>,
  metric: string,
  direction: Direction,
): ClassifierConfig {
  return { model, training, metric, direction }
}
