import { z } from 'zod'
import { UserError } from '../errors.ts'
import { kindOf, OBJECTIVE_KINDS } from '../objective/kinds.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import { planStages } from '../search/plan.ts'
import { storedStagesSchema } from '../search/plan-schema.ts'
import { storedDistribution, valueSchema } from '../space/distribution-forms.ts'
import type { Condition, SearchSpace } from '../space/search-space.ts'
import { spaceMistakes } from '../space/space-rules.ts'
import type { Experiment } from './experiment.ts'
import { describePath } from './path.ts'
import { BLOCKS } from './study-blocks.ts'

/** Rises when an older program could misread what a newer one writes. */
const VERSION = 2

/** An experiment as the store keeps it: plain JSON. */
export function experimentToJson(experiment: Experiment): unknown {
  return JSON.parse(JSON.stringify({ version: VERSION, ...experiment }))
}

/**
 * What `experimentToJson` wrote. Settings that came after it was written get their defaults.
 * @param study whose it is, for messages
 * @throws UserError('store') if it is of a newer version, or no experiment
 */
export function experimentFromJson(value: unknown, study?: string): Experiment {
  const whose = study === undefined ? 'The stored experiment' : `The stored experiment of "${study}"`
  const version =
    typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined
  if (typeof version === 'number' && version > VERSION) {
    throw new UserError(
      'store',
      `${study === undefined ? 'The study' : `Study "${study}"`} was written in format ${version}; this version of finesweep reads formats up to ${VERSION}`,
      {
        hint: 'Update finesweep.',
      },
    )
  }
  const read = storedSchema.safeParse(value)
  if (!read.success) {
    const issue = read.error.issues[0]
    const path = describePath((issue?.path ?? []) as (string | number)[])
    throw damaged(whose, path === '' ? 'it is not an experiment' : `${path} can't be read`)
  }
  const { version: written, ...stored } = read.data
  const experiment = written === 1 ? { ...stored, objective: fromVersion1(stored.objective) } : stored
  const space: SearchSpace = experiment.space
  const plan = planStages({ stages: experiment.stages })
  // An objective's own space may still be to come: rules may name what is not here yet.
  const checked = kindOf(experiment.objective).bringsSpace ? { ...space, constraints: [] } : space
  const mistake = spaceMistakes(checked)[0] ?? plan.mistakes[0]
  if (mistake !== undefined) throw damaged(whose, mistake.message)
  return { ...experiment, space, stages: plan.stages }
}

function fromVersion1(settings: ObjectiveSettings): ObjectiveSettings {
  return kindOf(settings).fromVersion1?.(settings) ?? settings
}

function damaged(whose: string, reason: string): UserError {
  return new UserError('store', `${whose} is damaged: ${reason}`, {
    hint: 'Run the study file again, or restore a backup of the store.',
  })
}

const conditionSchema: z.ZodType<Condition> = z.record(
  z.string(),
  z.union([valueSchema, z.array(valueSchema)]),
)

const [first, ...others] = OBJECTIVE_KINDS

const storedSchema = z.object({
  // One that was written without its version is of the first.
  version: z.literal([1, VERSION]).default(1),
  name: z.string().min(1),
  seed: BLOCKS.seed,
  direction: BLOCKS.direction.unwrap(),
  metric: BLOCKS.metric.unwrap(),
  lag: BLOCKS.lag,
  objective: z.discriminatedUnion('kind', [first!.stored, ...others.map((kind) => kind.stored)]),
  space: z.object({
    parameters: z.record(z.string(), storedDistribution),
    conditions: z.record(z.string(), conditionSchema),
    constraints: z.array(z.string()),
  }),
  stages: storedStagesSchema.min(1),
  epochsOpen: z.literal(true).optional(),
  limits: BLOCKS.limits,
  stop: BLOCKS.stop,
})
