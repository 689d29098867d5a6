import { z } from 'zod'
import { DEFAULT_OBJECTIVE, OBJECTIVE_BLOCKS } from '../objective/kinds.ts'
import { budgetSchema, stagesSchema } from '../search/plan-schema.ts'
import { entrySchema, requireSchema, spaceSchema } from '../space/space-schema.ts'
import {
  DEFAULT_LAG,
  DEFAULT_SEED,
  directionSchema,
  lagSchema,
  limitsSchema,
  metricSchema,
  nameSchema,
  objectiveSchema,
  seedSchema,
  stopSchema,
} from './top-schema.ts'

/** Every key at the top of a study file; each block's schema lives with its meaning. */
export const BLOCKS = {
  name: nameSchema.optional(),
  seed: seedSchema.default(DEFAULT_SEED),
  objective: objectiveSchema.prefault(DEFAULT_OBJECTIVE),
  direction: directionSchema.optional(),
  metric: metricSchema.optional(),
  ...OBJECTIVE_BLOCKS,
  space: spaceSchema.optional(),
  require: requireSchema.optional(),
  stages: stagesSchema.optional(),
  budget: budgetSchema.optional(),
  lag: lagSchema.default(DEFAULT_LAG),
  limits: limitsSchema,
  stop: stopSchema,
} as const

export type BlockName = keyof typeof BLOCKS

/**
 * The keys that a study file may hold, for messages, documents and their tests. The schema of the
 * space is a function, which shows no keys; its entries are spelled out here.
 */
export const STUDY_KEYS = z.strictObject({
  ...BLOCKS,
  space: z.record(z.string(), entrySchema).optional(),
})

/** Where text stands for a block, the key that it gives: `optimizer: adam` is `optimizer: { kind: adam }`. */
export const SHORTHANDS: Readonly<Record<string, string>> = {
  preprocess: 'kind',
  'training.optimizer': 'kind',
  'training.schedule': 'kind',
  objective: 'module',
}
