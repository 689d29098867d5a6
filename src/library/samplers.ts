import { UserError } from '../errors.ts'
import { IMPORTED_SAMPLER } from '../search/imported-stages.ts'
import type { OwnSamplers } from '../search/own-samplers.ts'
import { REPLICATE_SAMPLER } from '../search/replication.ts'
import type { Sampler } from '../search/sampler.ts'
import { samplerMistake } from '../search/sampler-mistake.ts'
import { SAMPLER_NAMES } from '../search/stage-plan.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { describeValue } from '../text/quote.ts'
import type { StageInCode } from './settings.ts'

const TAKEN: readonly string[] = [...SAMPLER_NAMES, IMPORTED_SAMPLER, REPLICATE_SAMPLER]

/** The stages of a study in code without the samplers that are objects, and these. */
export interface ResolvedStages {
  readonly written: readonly object[] | undefined
  /** For each stage the name of its own sampler. */
  readonly names: readonly (string | undefined)[]
  readonly samplers: OwnSamplers
}

/** @throws UserError('usage') for a sampler that cannot be used, or a name that two have */
export function resolveStages(stages: readonly StageInCode[] | undefined): ResolvedStages {
  const samplers = new Map<string, Sampler>()
  const names: (string | undefined)[] = []
  if (!Array.isArray(stages)) return { written: stages, names, samplers }
  const written = stages.map((stage: StageInCode, index) => {
    if (typeof stage?.sampler !== 'object' || stage.sampler === null) return stage
    const { sampler, ...rest } = stage
    checkSampler(sampler, samplers.get(sampler.name), `stages[${index}].sampler`)
    samplers.set(sampler.name, sampler)
    names[index] = sampler.name
    return rest
  })
  return { written, names, samplers }
}

/** The experiment with its stages' own samplers. */
export function withSamplers(experiment: Experiment, { names }: ResolvedStages): Experiment {
  const stages = experiment.stages.map((stage, index) => {
    const name = names[index]
    return name === undefined ? stage : { ...stage, sampler: name }
  })
  return { ...experiment, stages }
}

function checkSampler(sampler: Sampler, other: Sampler | undefined, where: string): void {
  const { name } = sampler
  const wrong = (rule: string): never => {
    throw new UserError('usage', `${where}${rule}`, {
      hint: 'A sampler is { name, adaptive, propose }: see docs/api.md.',
    })
  }
  const mistake = samplerMistake(sampler)
  if (mistake !== null) wrong(mistake)
  if (TAKEN.includes(name)) wrong(`.name must not be that of a built-in sampler, got ${describeValue(name)}`)
  if (other !== undefined && other !== sampler)
    wrong(`.name ${describeValue(name)} is taken by another sampler`)
}
