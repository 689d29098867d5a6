import { UserError } from '../errors.ts'
import { gpSampler } from './gp-sampler.ts'
import { gridSampler } from './grid-sampler.ts'
import { IMPORTED_SAMPLER } from './imported-stages.ts'
import { NO_OWN_SAMPLERS, type OwnSamplers } from './own-samplers.ts'
import { randomSampler } from './random-sampler.ts'
import type { Sampler } from './sampler.ts'
import { sobolSampler } from './sobol-sampler.ts'
import type { SamplerName, StagePlan } from './stage-plan.ts'
import { tpeSampler } from './tpe-sampler.ts'

const SAMPLERS: Readonly<Record<SamplerName, Sampler>> = {
  random: randomSampler,
  sobol: sobolSampler,
  grid: gridSampler,
  tpe: tpeSampler,
  gp: gpSampler,
}

/** How the sampler of that name draws, as read from a store, to follow a comma. */
export function samplerSentence(name: string): string {
  if (name === IMPORTED_SAMPLER) return 'imported'
  const known = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name as SamplerName] : undefined
  return known?.sentence ?? `drawn by ${name}`
}

/** The sampler of that name. @throws UserError('usage') for one that another program brought along */
export function createSampler(name: string, own: OwnSamplers = NO_OWN_SAMPLERS): Sampler {
  const found = own.get(name) ?? (Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name as SamplerName] : undefined)
  if (found !== undefined) return found
  throw new UserError(
    'usage',
    `Sampler "${name}" is code in another program, which cannot be called from here`,
    { hint: 'Run that program again: it continues the study.' },
  )
}

/** Looks for the samplers of all stages. @throws UserError('usage') if one of them is not here */
export function checkSamplers(stages: readonly StagePlan[], own?: OwnSamplers): void {
  for (const { sampler } of stages) createSampler(sampler, own)
}
