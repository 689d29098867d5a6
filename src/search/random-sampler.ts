import { drawAdmissible, trialDraws } from './admissible.ts'
import type { Sampler } from './sampler.ts'

/** Independent uniform draws from the box. */
export const randomSampler: Sampler = {
  name: 'random',
  sentence: 'drawn at random',
  adaptive: false,
  propose: (request) => drawAdmissible(request, trialDraws(request, 'uniform')),
}
