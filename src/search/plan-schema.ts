import { z } from 'zod'
import { show } from '../text/quote.ts'
import { SAMPLER_NAMES } from './stage-plan.ts'

const whole = (name: string) =>
  z
    .number({ error: (issue) => `${name} must be a whole number, got ${show(issue.input)}` })
    .refine((value) => Number.isSafeInteger(value) && value >= 1, {
      error: (issue) => `${name} must be a whole number of at least 1, got ${show(issue.input)}`,
    })

const share = (name: string, allowed: string, holds: (value: number) => boolean) =>
  z
    .number({ error: (issue) => `${name} must be a number ${allowed}, got ${show(issue.input)}` })
    .refine(holds, { error: (issue) => `${name} must be ${allowed}, got ${show(issue.input)}` })

const paramsSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]), {
  error: (issue) =>
    `startWith must be a list of points, as in { learningRate: 1e-3 }, got ${show(issue.input)}`,
})

/** An entry of a study file's `stages:`; what it leaves out is filled in by `planStages`. */
export const stageEntrySchema = z.strictObject({
  name: z
    .string({ error: (issue) => `name must be a string, got ${show(issue.input)}` })
    .min(1, 'name must not be empty')
    .optional(),
  trials: whole('trials').optional(),
  epochs: whole('epochs').optional(),
  sampler: z
    .enum(SAMPLER_NAMES, {
      error: (issue) => `sampler must be one of ${SAMPLER_NAMES.join(', ')}, got ${show(issue.input)}`,
    })
    .optional(),
  keep: share('keep', 'above 0 and at most 1', (value) => value > 0 && value <= 1).optional(),
  margin: share('margin', 'at least 0', (value) => value >= 0).optional(),
  rootShare: share('rootShare', 'at least 0 and below 1', (value) => value >= 0 && value < 1).optional(),
  warmStart: z
    .boolean({ error: (issue) => `warmStart must be true or false, got ${show(issue.input)}` })
    .optional(),
  rungs: z
    .union([z.literal(true), z.array(whole('rungs'))], {
      error: (issue) => `rungs must be true or a list of epochs, as in [1, 3, 9], got ${show(issue.input)}`,
    })
    .optional(),
  reduce: share('reduce', 'above 1', (value) => value > 1).optional(),
  startWith: z.array(paramsSchema, { error: 'startWith must be a list of points' }).optional(),
  replicate: z
    .strictObject(
      { top: whole('top').default(3), seeds: whole('seeds').default(2) },
      { error: (issue) => `replicate must be { top: 3, seeds: 2 }, got ${show(issue.input)}` },
    )
    .optional(),
})

/** A study file's `stages:`. */
export const stagesSchema = z.array(stageEntrySchema, {
  error: (issue) =>
    `stages must be a list, as in - { name: coarse, trials: 64, epochs: 1 }, got ${show(issue.input)}`,
})

const storedEntrySchema = stageEntrySchema.extend({
  imported: z.strictObject({ narrow: z.boolean() }).optional(),
})

/** The stages of a stored study that are changed: they may have imported trials. */
export const changedStagesSchema = z.array(storedEntrySchema)

/** The stages of a stored study as they are: samplers may be code of a program. */
export const storedStagesSchema = z.array(storedEntrySchema.extend({ sampler: z.string().min(1).optional() }))

/** A study file's `budget:`: `{ epochs: 400 }` or `{ trials: 96 }`. */
export const budgetSchema = z
  .strictObject({ epochs: whole('epochs').optional(), trials: whole('trials').optional() })
  .refine(({ epochs, trials }) => (epochs === undefined) !== (trials === undefined), {
    error: 'budget must set either epochs or trials',
  })
