import { gpSampler } from './gp-sampler.ts'
import { gridSampler } from './grid-sampler.ts'
import { IMPORTED_SAMPLER } from './imported-stages.ts'
import { randomSampler } from './random-sampler.ts'
import type { Sampler } from './sampler.ts'
import { sobolSampler } from './sobol-sampler.ts'
import type { SamplerName } from './stage-plan.ts'
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
  return Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name as SamplerName].sentence : `drawn by ${name}`
}

/** The sampler of that name. */
export function createSampler(name: SamplerName): Sampler {
  return SAMPLERS[name]
}
