import { fastGenerator } from '../random/fast-generator.ts'
import type { Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { constraintsHold, paramsAt } from '../space/points.ts'
import { drawAdmissible, isAdmissible, trialDraws } from './admissible.ts'
import { type CubeSearch, highestPoint } from './cube-search.ts'
import { logExpectedImprovement } from './expected-improvement.ts'
import { fitSearchProcess, type GaussianProcess } from './gaussian-process.ts'
import type { Observations } from './gp-kernel.ts'
import { observe } from './gp-observations.ts'
import { informativeTrials } from './informative.ts'
import { type PastTrial, type ProposalRequest, type Sampler, trialStream } from './sampler.ts'
import { sobolSampler } from './sobol-sampler.ts'
import { type Axis, axesView, placeOf, snap, unitOf } from './unit-view.ts'
import { nearVisited } from './visited.ts'

/** How many of the best points are looked around. */
const PROMISING = 5
/** Every how many trials one lies in the branch of a choice that was tried least. */
const BRANCH_EVERY = 6
/** How many standard deviations better than its mean a point may be, where values are noisy. */
const OPTIMISM = 2
/** What a point scores that breaks a constraint. */
const FORBIDDEN = -1e300

/**
 * The highest expected improvement of a Gaussian process over the trials seen so far, in the unit cube, or its best
 * confidence bound where values are noisy; pending trials count as if they had what the process expects of them. Trials of stages with other epochs are learnt from
 * too, with an offset for each stage. Until there is enough to learn from, the Sobol' sequence.
 */
export const gpSampler: Sampler = {
  name: 'gp',
  sentence: 'proposed by a Gaussian process from the results so far',
  adaptive: true,
  propose(request) {
    const trials = informativeTrials(request)
    return trials === null ? sobolSampler.propose(request) : bestExpected(request, trials)
  },
}

function bestExpected(request: ProposalRequest, trials: readonly PastTrial[]): Params {
  const { space, pending, stages, stage } = request
  const axes = axesView(space)
  const group = stages[stage]!.epochs
  const observations = observe(request, axes, trials)
  const believed = pending.map((params) => placeOf(axes, params))
  const { process, noisy } = fitSearchProcess(observations)
  const model = process.believing(believed, group)
  const isNear = nearVisited(request, axes)
  const unit = highestPoint({
    ...merit(
      request,
      axes,
      model,
      noisy ? null : lowestMean(model, [...observations.places, ...believed], group),
    ),
    axes,
    draws: fastGenerator(trialStream(request, 'acquisition')),
    promising: promisingPoints(axes, observations),
    fixed: branchToTry(request, axes),
    allowed: (unit) => !isNear(unit) && isAdmissible(request, paramsAt(space, unit)),
  })
  return unit === null ? drawAdmissible(request, trialDraws(request, 'instead')) : paramsAt(space, unit)
}

/**
 * How promising a point is, and its slope, over the unit cube: the logarithm of the expected improvement on `best`;
 * where that is null, for values that are noisy, the confidence bound, which goes on exploring and measures again near the best.
 * Source of the bound: N. Srinivas et al., Gaussian Process Optimization in the Bandit Setting (2010).
 */
function merit(
  request: ProposalRequest,
  axes: readonly Axis[],
  model: GaussianProcess,
  best: number | null,
): Pick<CubeSearch, 'score' | 'slope'> {
  const { space, stages, stage } = request
  const group = stages[stage]!.epochs
  const isConstrained = space.constraints.length > 0
  const isForbidden = (unit: Float64Array): boolean =>
    isConstrained && !constraintsHold(space, paramsAt(space, unit))
  const judged = (mean: number, deviation: number) =>
    best === null
      ? { value: OPTIMISM * deviation - mean, byMean: -1, byDeviation: OPTIMISM }
      : logExpectedImprovement(best, mean, deviation)
  const meanSlope = new Float64Array(axes.length)
  const deviationSlope = new Float64Array(axes.length)
  return {
    score(unit) {
      if (isForbidden(unit)) return FORBIDDEN
      const { mean, deviation } = model.predict(placeAt(request, axes, unit), group)
      return judged(mean, deviation).value
    },
    slope(unit, gradient) {
      if (isForbidden(unit)) return FORBIDDEN
      const place = placeAt(request, axes, unit)
      const { mean, deviation } = model.predictWithSlope(place, group, meanSlope, deviationSlope)
      const { value, byMean, byDeviation } = judged(mean, deviation)
      for (let axis = 0; axis < axes.length; axis++) {
        gradient[axis] = byMean * meanSlope[axis]! + byDeviation * deviationSlope[axis]!
      }
      return value
    },
  }
}

/**
 * The best that the process thinks has been seen or will be by the pending trials: unlike the best value, it is not
 * the luckiest measurement, and pending trials leave less to improve.
 */
function lowestMean(process: GaussianProcess, places: readonly Float64Array[], group: number): number {
  let lowest = Infinity
  for (const place of places) lowest = Math.min(lowest, process.predict(place, group).mean)
  return lowest
}

/** The best points inside of the box, as points of its unit cube. */
function promisingPoints(axes: readonly Axis[], { places, values }: Observations): Float64Array[] {
  const order = places.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  return order.flatMap((i) => unitOf(axes, places[i]!) ?? []).slice(0, PROMISING)
}

/** The place of a point of the unit cube, NaN for parameters that do not exist there. */
function placeAt({ space }: ProposalRequest, axes: readonly Axis[], unit: Float64Array): Float64Array {
  const place = unit.map((u, axis) => snap(axes[axis]!, u))
  if (Object.keys(space.conditions).length === 0) return place
  const params = paramsAt(space, unit)
  return place.map((at, axis) => (own(params, axes[axis]!.name) === undefined ? NaN : at))
}

/**
 * Now and then the value of a choice that was tried least, for the proposal to lie in; null for most trials. The
 * process may be wrong of a branch in which few points lie: what it has seen of the others may not hold there.
 */
function branchToTry(
  { index, earlier, history, pending }: ProposalRequest,
  axes: readonly Axis[],
): { axis: number; unit: number } | null {
  const choices = axes.flatMap(({ kind }, axis) => (kind === 'choice' ? [axis] : []))
  if (choices.length === 0 || index % BRANCH_EVERY !== BRANCH_EVERY - 1) return null
  const axis = choices[Math.floor(index / BRANCH_EVERY) % choices.length]!
  const { name, distribution, count } = axes[axis]!
  if (distribution.kind !== 'categorical') return null
  const tried = new Array<number>(count).fill(0)
  for (const params of [...earlier, ...history].map(({ params }) => params).concat(pending)) {
    const value = own(params, name)
    const choice = value === undefined ? -1 : distribution.choices.indexOf(value)
    if (choice >= 0) tried[choice]!++
  }
  return { axis, unit: (tried.indexOf(Math.min(...tried)) + 0.5) / count }
}
