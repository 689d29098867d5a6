import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { fitGaussianProcess } from './gaussian-process.ts'
import { hasValue, isBad } from './rank.ts'
import type { PastTrial } from './sampler.ts'
import { standardScores } from './standard-scores.ts'
import { axesView, placeOf } from './unit-view.ts'

/** At how many places of a range its effect is worked out, both ends included. */
export const PROFILE_PLACES = 21
/** Scores this much apart, in standard deviations, are hardly different. */
const HARDLY = 0.4
/** Effects below this, in standard deviations, count as none. */
const FLAT = 0.05
/** Of more trials than this, an even spread over the ranking is learnt from. */
const MOST_TRIALS = 64

/**
 * What a range's value does to the score where the other parameters are as in the `eliteSize` best trials (partial
 * dependence, averaged over these alone: elsewhere it does not matter, and after an adaptive stage nothing is known):
 * for each range its scores at PROFILE_PLACES even places of the box, low is good, in standard deviations. By a
 * Gaussian process over the trials, so that one lucky trial hardly shows. `ranked` has the best trial first.
 * Source: J. H. Friedman, Greedy function approximation, Annals of Statistics 29 (2001), 8.2.
 */
export function effectProfiles(
  space: SearchSpace,
  ranked: readonly PastTrial[],
  eliteSize: number,
  direction: Direction,
): ReadonlyMap<string, Float64Array> {
  const known = ranked.filter((trial) => hasValue(trial) || isBad(trial))
  const every = Math.max(1, known.length / MOST_TRIALS)
  const trials = known.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every))
  const axes = axesView(space)
  const places = trials.map((trial) => placeOf(axes, trial.params))
  const process = fitGaussianProcess({
    places,
    values: standardScores(trials, direction),
    groups: new Float64Array(trials.length),
    isChoice: axes.map(({ kind }) => kind === 'choice'),
  })
  const best = ranked.slice(0, eliteSize).map((trial) => placeOf(axes, trial.params))
  const profiles = new Map<string, Float64Array>()
  for (const [i, axis] of axes.entries()) {
    if (axis.kind === 'choice') continue
    const having = best.filter((place) => !Number.isNaN(place[i]!))
    const profile = Float64Array.from({ length: PROFILE_PLACES }, (_, step) => {
      let sum = 0
      for (const place of having) {
        const moved = place.slice()
        moved[i] = step / (PROFILE_PLACES - 1)
        sum += process.predict(moved, 0).mean
      }
      return having.length === 0 ? 0 : sum / having.length
    })
    profiles.set(axis.name, profile)
  }
  return profiles
}

/** Where the profile is lowest, in [0, 1]; the first such place. */
export function lowestPlace(profile: Float64Array): number {
  return (
    profile.indexOf(profile.reduce((least, score) => Math.min(least, score), Infinity)) / (profile.length - 1)
  )
}

/** Whether the parameter has no effect to speak of. */
export function isFlat(profile: Float64Array): boolean {
  return Math.max(...profile) - Math.min(...profile) < FLAT
}

/** From where to where the profile is hardly above its lowest, in [0, 1]: nothing there is known to be bad. */
export function nearlyLowest(profile: Float64Array): readonly [number, number] {
  const lowest = profile.reduce((least, score) => Math.min(least, score), Infinity)
  const isLow = (score: number): boolean => score <= lowest + HARDLY
  const last = profile.length - 1
  return [profile.findIndex(isLow) / last, profile.findLastIndex(isLow) / last]
}
