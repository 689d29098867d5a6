import { randomSampler } from './random-sampler.ts'
import type { Sampler } from './sampler.ts'
import type { SamplerName } from './stage-plan.ts'

const SAMPLERS: Readonly<Record<SamplerName, Sampler>> = {
  random: randomSampler,
  sobol: randomSampler,
  grid: randomSampler,
  tpe: randomSampler,
}

/** The sampler of that name. */
export function createSampler(name: SamplerName): Sampler {
  return SAMPLERS[name]
}
