import { UserError } from '../errors.ts'
import { type Stream, stream } from '../random/stream.ts'
import type { Params } from '../space/distribution.ts'
import { allPoints, constraintsHold, neverRepeats, pointKey, sampleUniform } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { drawFeasible } from './feasible.ts'
import { type ProposalRequest, trialStream } from './sampler.ts'

/** How often a point is drawn again before the space is looked at as a whole, or given up. */
const DRAWS = 64
const FEASIBLE_DRAWS = 16
/** How often where rules leave few points and all that were drawn are taken. */
const RULED_DRAWS = 64
/** How many of the latest trials are starting points for moves where points that satisfy the constraints are rare. */
const KNOWN_POINTS = 64
/** Up to this many points, the remaining ones are listed and drawn from. */
const LISTED_POINTS = 20_000

/** A stream for drawing uniform points of one trial. */
export function trialDraws(request: ProposalRequest, purpose: string): Stream {
  return stream(trialStream(request, purpose))
}

/** Whether a point may be run: it satisfies the constraints and is not taken. */
export function isAdmissible(request: ProposalRequest, params: Params): boolean {
  return constraintsHold(request.space, params) && isNew(request, params)
}

/** The point if it may be run; else a uniform draw that may. */
export function admissible(request: ProposalRequest, params: Params): Params {
  return isAdmissible(request, params) ? params : drawAdmissible(request, trialDraws(request, 'instead'))
}

/**
 * A draw among the points that satisfy the constraints and are not taken, uniform unless these are rare; once all points
 * are taken, among those that satisfy the constraints. Throws UserError('usage') if none is found.
 */
export function drawAdmissible(request: ProposalRequest, draws: Stream): Params {
  const { space } = request
  for (let i = 0; i < DRAWS; i++) {
    const params = sampleUniform(space, draws)
    if (isAdmissible(request, params)) return params
  }
  const points = allPoints(space, LISTED_POINTS)
  if (points !== null) {
    const left = points.filter((params) => !request.taken.has(pointKey(params)))
    const from = left.length > 0 ? left : points
    if (from.length > 0) return from[draws.below(from.length)]!
    throw impossible(space)
  }
  const known = [...request.pending, ...request.history.slice(-KNOWN_POINTS).map(({ params }) => params)]
  let kept: Params | null = null
  const most = space.constraints.length > 0 ? RULED_DRAWS : FEASIBLE_DRAWS
  for (let i = 0; i < (kept === null ? FEASIBLE_DRAWS : most); i++) {
    const params = drawFeasible(space, draws, {}, known)
    if (params !== null && isNew(request, params)) return params
    kept ??= params
  }
  if (kept !== null) return kept
  throw impossible(space)
}

/** Whether `drawAdmissible` repeats a point of the space only if every point that satisfies the constraints is taken. */
export function isListed(space: SearchSpace): boolean {
  return allPoints(space, LISTED_POINTS) !== null
}

function isNew(request: ProposalRequest, params: Params): boolean {
  return request.taken.size === 0 || neverRepeats(request.space) || !request.taken.has(pointKey(params))
}

/** Whether a point that satisfies the constraints is found, as the first trial would look for it; `known` are points to start from. */
export function hasFeasiblePoint(space: SearchSpace, known: readonly Params[]): boolean {
  if (space.constraints.length === 0) return true
  const points = allPoints(space, LISTED_POINTS)
  if (points !== null) return points.length > 0
  const draws = stream(['a feasible point'])
  for (let i = 0; i < FEASIBLE_DRAWS; i++) if (drawFeasible(space, draws, {}, known) !== null) return true
  return false
}

export function impossible(space: SearchSpace): UserError {
  const rules = space.constraints.map((rule) => `"${rule}"`).join(', ')
  return new UserError('usage', `require: no random point satisfied ${rules}`, {
    hint: 'Widen the ranges, or loosen the rules.',
  })
}
