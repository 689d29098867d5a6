import { UserError } from '../errors.ts'
import { checkParams } from '../space/check-params.ts'
import type { Params } from '../space/distribution.ts'
import { describeValue } from '../text/quote.ts'
import type { PastTrial, ProposalRequest, Sampler } from './sampler.ts'

/** Samplers that the program which runs a study brings along, by name. */
export type OwnSamplers = ReadonlyMap<string, Sampler>

export const NO_OWN_SAMPLERS: OwnSamplers = new Map()

/** What a sampler of the program proposes. @throws UserError('usage') if it is no point of the request's space */
export function proposeChecked(sampler: Sampler, request: ProposalRequest): Params {
  const params: unknown = sampler.propose(ownRequest(request))
  const mistakes =
    typeof params === 'object' && params !== null && !(params instanceof Promise)
      ? checkParams(request.space, params as Params)
      : [`propose must return params, got ${params instanceof Promise ? 'a promise' : describeValue(params)}`]
  if (mistakes.length === 0) return { ...(params as Params) }
  throw new UserError(
    'usage',
    `Sampler "${sampler.name}" proposed an invalid point for trial ${request.index} of its stage: ${mistakes.join('; ')}`,
    { hint: 'Call admissible(request, params) to replace a point that may not be run.' },
  )
}

/** A sampler of the program may change what it gets, and goes on to hold what it gives: neither is what the study keeps. */
function ownRequest(request: ProposalRequest): ProposalRequest {
  const { earlier, history, pending } = request
  return {
    ...request,
    earlier: earlier.map(ownPast),
    history: history.map(ownPast),
    pending: pending.map((params) => ({ ...params })),
  }
}

function ownPast(trial: PastTrial): PastTrial {
  return { ...trial, params: { ...trial.params } }
}
