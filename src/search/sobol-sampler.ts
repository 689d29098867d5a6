import { stream } from '../random/stream.ts'
import { axesOf, paramsAt } from '../space/points.ts'
import { admissible, trialDraws } from './admissible.ts'
import { samplerTurn } from './given-trials.ts'
import { type Sampler, stageStream } from './sampler.ts'
import { SOBOL_AXES, sobolCoordinate } from './sobol-sequence.ts'

/**
 * The scrambled Sobol' sequence: evener than independent draws in each parameter and each pair of them, so that a
 * coarse stage sees every part of every range. A point that breaks a constraint or is taken gives way to a uniform
 * draw, and so do the axes after the 37th.
 */
export const sobolSampler: Sampler = {
  name: 'sobol',
  sentence: 'drawn from a Sobol sequence',
  adaptive: false,
  propose(request) {
    const seeds = stream(stageStream(request, 'sobol'))
    const { turn } = samplerTurn(request)
    const draws = trialDraws(request, 'uniform')
    const unit = axesOf(request.space).map((_, axis) =>
      axis < SOBOL_AXES ? sobolCoordinate(axis, turn, seeds.below(2 ** 32)) : draws.next(),
    )
    return admissible(request, paramsAt(request.space, unit))
  },
}
