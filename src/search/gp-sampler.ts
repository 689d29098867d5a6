import { fastGenerator } from '../random/fast-generator.ts'
import type { Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import { paramsAt } from '../space/points.ts'
import { drawAdmissible, isAdmissible, trialDraws } from './admissible.ts'
import { highestPoint } from './cube-search.ts'
import { logExpectedImprovement } from './expected-improvement.ts'
import { fitGaussianProcess, type GaussianProcess, type Observations } from './gaussian-process.ts'
import { byEpochs, informativeTrials } from './informative.ts'
import { type PastTrial, type ProposalRequest, type Sampler, trialStream } from './sampler.ts'
import { sobolSampler } from './sobol-sampler.ts'
import { standardScores } from './standard-scores.ts'
import { type Axis, axesView, placeOf, snap, unitOf } from './unit-view.ts'

/** Of more trials than this, those after the same epochs come first, and of these the best and an even spread. */
const MOST_OBSERVATIONS = 128
/** How many of the best points are looked around. */
const PROMISING = 5

/**
 * The highest expected improvement of a Gaussian process over the trials seen so far, in the unit cube; pending
 * trials count as if they had what the process expects of them. Trials of stages with other epochs are learnt from
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
  const process = fitGaussianProcess(observations)
  const believed = pending.map((params) => placeOf(axes, params))
  const model = process.believing(believed, group)
  const best = lowestMean(model, [...observations.places, ...believed], group)
  const draws = fastGenerator(trialStream(request, 'acquisition'))
  const unit = highestPoint({
    axes,
    draws,
    promising: promisingPoints(axes, observations),
    score: (unit) => {
      const { mean, deviation } = model.predict(placeAt(request, axes, unit), group)
      return logExpectedImprovement(best, mean, deviation)
    },
    allowed: (unit) => isAdmissible(request, paramsAt(space, unit)),
  })
  return unit === null ? drawAdmissible(request, trialDraws(request, 'instead')) : paramsAt(space, unit)
}

/** What the process learns from: places, scores by group, most of them of the best. */
function observe(
  request: ProposalRequest,
  axes: readonly Axis[],
  trials: readonly PastTrial[],
): Observations {
  const { direction, stages } = request
  const scored: { trial: PastTrial; score: number; group: number }[] = []
  for (const [group, members] of byEpochs(trials, stages)) {
    const scores = standardScores(members, direction)
    for (const [i, trial] of members.entries()) scored.push({ trial, score: scores[i]!, group })
  }
  const own = stages[request.stage]!.epochs
  const alike = thinned(
    scored.filter(({ group }) => group === own),
    MOST_OBSERVATIONS,
  )
  const others = thinned(
    scored.filter(({ group }) => group !== own),
    MOST_OBSERVATIONS - alike.length,
  )
  const chosen = [...alike, ...others]
  return {
    places: chosen.map(({ trial }) => placeOf(axes, trial.params)),
    values: Float64Array.from(chosen, ({ score }) => score),
    groups: Int32Array.from(chosen, ({ group }) => group),
    isChoice: axes.map(({ kind }) => kind === 'choice'),
  }
}

/** At most this many of the scored: the best half, and an even spread of the others. */
function thinned<T extends { readonly score: number }>(scored: readonly T[], most: number): readonly T[] {
  if (scored.length <= most) return scored
  const byScore = scored.toSorted((a, b) => a.score - b.score)
  const half = most >> 1
  const others = byScore.slice(half)
  return [
    ...byScore.slice(0, half),
    ...Array.from(
      { length: most - half },
      (_, i) => others[Math.floor((i * others.length) / (most - half))]!,
    ),
  ]
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
  const order = places.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)
  return order.flatMap((i) => unitOf(axes, places[i]!) ?? []).slice(0, PROMISING)
}

/** The place of a point of the unit cube, NaN for parameters that do not exist there. */
function placeAt({ space }: ProposalRequest, axes: readonly Axis[], unit: Float64Array): Float64Array {
  const place = unit.map((u, axis) => snap(axes[axis]!, u))
  if (Object.keys(space.conditions).length === 0) return place
  const params = paramsAt(space, unit)
  return place.map((at, axis) => (own(params, axes[axis]!.name) === undefined ? NaN : at))
}
