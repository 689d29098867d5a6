import { log } from '../numerics/elementary.ts'
import type { Stream } from '../random/stream.ts'
import type { Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { paramsAt } from '../space/points.ts'
import { drawAdmissible, isAdmissible, trialDraws } from './admissible.ts'
import { hasEnoughToLearnFrom } from './informative.ts'
import { density, type Parzen, parzen } from './parzen.ts'
import type { ProposalRequest, Sampler } from './sampler.ts'
import { sobolSampler } from './sobol-sampler.ts'
import { standings } from './standing.ts'
import { type Axis, axesView, placeOf } from './unit-view.ts'
import { nearVisited } from './visited.ts'

/** The fraction of the trials that counts as good, and how many at most. */
const GOOD = 0.15
const MOST_GOOD = 25
const CANDIDATES = 32

/**
 * Tree-structured Parzen estimators: of some draws from the density of the good trials, the one where that density is
 * highest over the density of the others, pending trials among these. Continuous parameters are estimated together,
 * the others each separately, which `bench/search` shows to be better. Trials of stages with other epochs are good or not
 * among themselves. Until there is enough to learn from, the Sobol' sequence.
 * Source: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, Algorithms for Hyper-Parameter Optimization (2011).
 */
export const tpeSampler: Sampler = {
  name: 'tpe',
  sentence: 'proposed by TPE from the results so far',
  adaptive: true,
  propose(request) {
    return hasEnoughToLearnFrom(request) && standings(request).valued >= 2
      ? highestRatio(request)
      : sobolSampler.propose(request)
  },
}

/** The densities of a set of trials, axis by axis. */
interface Estimate {
  readonly byAxis: readonly Parzen[]
  /** How many trials there are: each axis has a kernel for each, and a uniform one. */
  readonly trials: number
}

function highestRatio(request: ProposalRequest): Params {
  const { space } = request
  const axes = axesView(space)
  const { good, others } = split(request)
  const goodEstimate = estimate(axes, good)
  const otherEstimate = estimate(axes, others)
  const joint = axes.flatMap(({ count }, axis) => (count === Infinity ? [axis] : []))
  const isNear = nearVisited(request, axes)
  const draws = trialDraws(request, 'candidates')
  let best: Params | null = null
  let bestRatio = -Infinity
  for (let i = 0; i < CANDIDATES; i++) {
    const unit = draw(goodEstimate, joint, draws)
    const params = paramsAt(space, unit)
    const active = axes.map(({ name }) => own(params, name) !== undefined)
    const ratio =
      logDensity(goodEstimate, joint, unit, active) - logDensity(otherEstimate, joint, unit, active)
    if (ratio > bestRatio && isAdmissible(request, params) && !isNear(unit)) {
      best = params
      bestRatio = ratio
    }
  }
  return best ?? drawAdmissible(request, draws)
}

function split(request: ProposalRequest): { good: Params[]; others: Params[] } {
  const good: Params[] = []
  const others: Params[] = []
  for (const group of standings(request).groups.values()) {
    const ranked = group.best.map(({ params }) => params)
    const count = Math.min(MOST_GOOD, Math.ceil(GOOD * group.count))
    good.push(...ranked.slice(0, count))
    others.push(...ranked.slice(count))
  }
  return { good, others: [...others, ...request.pending] }
}

function estimate(axes: readonly Axis[], points: readonly Params[]): Estimate {
  const places = points.map((params) => placeOf(axes, params))
  const byAxis = axes.map((axis, i) =>
    parzen(
      axis,
      places.map((place) => place[i]!),
    ),
  )
  return { byAxis, trials: points.length }
}

/** A point of the unit cube: the joint axes from one kernel (or the uniform one), each other axis from its own. */
function draw({ byAxis, trials }: Estimate, joint: readonly number[], draws: Stream): Float64Array {
  const shared = draws.below(trials + 1)
  return Float64Array.from(byAxis, (axis, i) => {
    const k = joint.includes(i) ? shared : draws.below(trials + 1)
    return k === trials ? draws.next() : axis.draw(k, draws)
  })
}

function logDensity(
  { byAxis, trials }: Estimate,
  joint: readonly number[],
  unit: Float64Array,
  active: readonly boolean[],
): number {
  let sum = 0
  for (const [i, axis] of byAxis.entries()) {
    if (active[i] && !joint.includes(i)) sum += log(density(axis, unit[i]!))
  }
  let mixture = 1
  for (let k = 0; k < trials; k++) {
    let product = 1
    for (const i of joint) if (active[i]) product *= byAxis[i]!.kernel(k, unit[i]!)
    mixture += product
  }
  return sum + log(mixture / (trials + 1))
}
