import { exp } from '../numerics/elementary.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { fitSearchProcess } from './gaussian-process.ts'
import { byFidelity, fidelityOf } from './informative.ts'
import { hasValue, isBad, rankTrials } from './rank.ts'
import type { PastTrial } from './sampler.ts'
import { scaleOfValues, standardScores } from './standard-scores.ts'
import { axesView, placeOf } from './unit-view.ts'

/** What the value of a study's best trials is judged by. */
export interface ExpectationRequest {
  /** The box of the last stage. */
  readonly space: SearchSpace
  /** The study's trials, in any order; those that have not ended are ignored. */
  readonly trials: readonly PastTrial[]
  /** By index: only values after the same epochs are comparable. */
  readonly stages: readonly { readonly epochs: number }[]
  readonly direction: Direction
  /** The number of the trial with the best value. */
  readonly best: number
  /** Numbers of further trials of the same epochs to say the same of. */
  readonly others?: readonly number[]
}

/** What training a point again is expected to give. */
export interface Expectation {
  readonly trial: number
  readonly value: number
  /** Half of the 95 % interval of a new training's value, other seed and all. */
  readonly margin: number
}

export interface WinnerExpectation {
  /** Of the trial with the best value. */
  readonly best: Expectation
  /** Of the trial of the same epochs that is expected to be best; the same trial unless noise makes another likelier. */
  readonly likeliest: Expectation
  /**
   * Of the trial to choose: where values are noisy, the one expected to be clearly better among the best few by
   * value (a study keeps the networks of these); else the one with the best value.
   */
  readonly chosen: Expectation
  /** Of the others asked for, in their order; null for one that is not among those of the same epochs. */
  readonly others: readonly (Expectation | null)[]
  /** The standard deviation of a measurement: what another seed changes. */
  readonly noise: number
  /** Whether the noise is worth a word: above a fiftieth of the deviation of the scores. */
  readonly hasNoise: boolean
  /** How many of the trials given have a value after these epochs: `best` is the luckiest of them. */
  readonly trials: number
}

/** Below this many trials with a value nothing is reported. */
const LEAST_TRIALS = 12
const MOST_OBSERVATIONS = 128
/** The winner is chosen among the trials with the best values whose networks a study keeps. */
const CHOSEN_AMONG = 3
/** Another trial than the best one is chosen only if it is expected to be better by this part of the noise. */
const CLEAR = 0.1
/** Noise below this, in standard deviations of the scores, counts as none. */
const LEAST_NOISE = 0.02
/** Fewer degrees of freedom than this say nothing of the noise. */
const LEAST_FREEDOM = 3

/**
 * What the winner of a study is worth: the best value of many is lucky, the mean of a Gaussian process over all of them
 * hardly is. At the best trial's place, in the group of its epochs, brought back to a value by the inverse of
 * `standardScores`; the margin has the process's doubt and the noise of one training. Null with fewer than 12 trials
 * with a value, or if all of them are alike. Deterministic, whatever the order of the trials.
 */
export function expectWinner(request: ExpectationRequest): WinnerExpectation | null {
  const { space, stages, direction } = request
  const known = rankTrials(
    request.trials.filter((trial) => hasValue(trial) || isBad(trial)),
    direction,
  )
  const best = known.find(({ number }) => number === request.best)
  if (best === undefined || known.filter(hasValue).length < LEAST_TRIALS) return null
  const group = fidelityOf(best, stages)
  const scored = scoresByEpochs(known, request)
  const alike = scored.filter(({ epochs }) => epochs === group)
  const valued = alike.filter(({ trial }) => hasValue(trial))
  const scale = scaleOf(valued)
  if (scale === null) return null
  const own = thinned(alike, MOST_OBSERVATIONS)
  const others = scored.filter(({ epochs }) => epochs !== group)
  const chosen = [...own, ...thinned(others, MOST_OBSERVATIONS - own.length)]
  const axes = axesView(space)
  const { process, noisy } = fitSearchProcess({
    places: chosen.map(({ trial }) => placeOf(axes, trial.params)),
    values: Float64Array.from(chosen, ({ score }) => score),
    groups: Float64Array.from(chosen, ({ epochs }) => epochs),
    isChoice: axes.map(({ kind }) => kind === 'choice'),
  })
  const judged = ({ trial, score }: Scored) => ({
    trial: trial.number,
    isComplete: trial.state === 'complete',
    score,
    ...process.predict(placeOf(axes, trial.params), group),
  })
  const expectations = own.filter(({ trial }) => hasValue(trial)).map(judged)
  const { noise, freedom } = noiseOf(expectations, process.noise)
  const toExpectation = ({ trial, mean, deviation }: ReturnType<typeof judged>): Expectation => ({
    trial,
    value: scale.valueOf(mean),
    margin: intervalOf(freedom) * scale.slopeAt(mean) * Math.sqrt(deviation * deviation + noise * noise),
  })
  // The process may not have learnt from these: of many trials it sees a part.
  const find = (number: number) => valued.find(({ trial }) => trial.number === number)
  const first = judged(find(best.number)!)
  const likeliest = likeliestOf(expectations, first)
  const rival = likeliestOf(expectations.filter(({ isComplete }) => isComplete).slice(0, CHOSEN_AMONG), first)
  const isClear = noisy && rival.mean < first.mean - CLEAR * noise
  return {
    best: toExpectation(first),
    likeliest: toExpectation(likeliest),
    chosen: toExpectation(isClear ? rival : first),
    others: (request.others ?? []).map((number) => {
      const found = find(number)
      return found === undefined ? null : toExpectation(judged(found))
    }),
    noise: scale.slope * noise,
    hasNoise: noise > LEAST_NOISE,
    trials: valued.length,
  }
}

/** The trials with their scores among those of the same epochs. */
function scoresByEpochs(
  trials: readonly PastTrial[],
  { stages, direction }: ExpectationRequest,
): (Scored & { readonly epochs: number })[] {
  return [...byFidelity(trials, stages)].flatMap(([epochs, members]) => {
    const scores = standardScores(members, direction)
    return members.map((trial, i) => ({ trial, epochs, score: scores[i]! }))
  })
}

/**
 * The noise by the residuals of the better half (the others' scores are compressed), corrected for what the process has
 * fitted of them, or as the process has it if that is more: the likeliest noise of a fit of 96 trials over six
 * parameters comes out too small by a seventh.
 */
function noiseOf(
  seen: readonly { readonly score: number; readonly mean: number; readonly deviation: number }[],
  likeliest: number,
): { readonly noise: number; readonly freedom: number } {
  const better = seen.slice(0, Math.ceil(seen.length / 2))
  let squares = 0
  let freedom = 0
  for (const { score, mean, deviation } of better) {
    squares += (score - mean) * (score - mean)
    freedom += Math.max(0, 1 - (deviation * deviation) / (likeliest * likeliest))
  }
  const byResiduals = freedom < LEAST_FREEDOM ? 0 : Math.sqrt(squares / freedom)
  return { noise: Math.max(likeliest, byResiduals), freedom: Math.max(LEAST_FREEDOM, freedom) }
}

/** The one of the lowest mean; of equal ones the first. */
function likeliestOf<T extends { readonly mean: number }>(among: readonly T[], first: T): T {
  return among.reduce((a, b) => (b.mean < a.mean ? b : a), first)
}

/** How many standard deviations make a 95 % interval: Student's quantile, to a hundredth from 8 degrees of freedom on. */
function intervalOf(freedom: number): number {
  return 1.96 + 2.4 / freedom + 2.8 / (freedom * freedom)
}

interface Scored {
  readonly trial: PastTrial
  readonly score: number
}

/**
 * The way back from scores to values, the inverse of `standardScores`: a line at first, exponential beyond it. Null
 * if all values are alike. `scored` is best first.
 */
function scaleOf(scored: readonly Scored[]) {
  const best = scored[0]!
  const above = ({ trial }: Scored): number => Math.abs(trial.value! - best.trial.value!)
  const { unit } = scaleOfValues(Float64Array.from(scored, above))
  const other = scored.findLast((each) => above(each) <= unit)!
  const rise = other.trial.value! - best.trial.value!
  // Of values near the largest numbers of both signs, the difference is none.
  if (other.score === best.score || !Number.isFinite(rise)) return null
  const run = other.score - best.score
  const steeper = (score: number): number => (score <= other.score ? 1 : exp((score - other.score) / run))
  return {
    valueOf: (score: number): number =>
      best.trial.value! +
      (score <= other.score ? (rise / run) * (score - best.score) : rise * steeper(score)),
    /** How much the value changes with the score, for the better half; not negative. */
    slope: Math.abs(rise / run),
    slopeAt: (score: number): number => Math.abs(rise / run) * steeper(score),
  }
}

/** At most this many of the scored, best first: the better half of these are the best, the others an even spread. */
function thinned<T>(scored: readonly T[], most: number): readonly T[] {
  if (scored.length <= most) return scored
  const half = most >> 1
  const rest = scored.slice(half)
  const spread = Array.from(
    { length: most - half },
    (_, i) => rest[Math.floor((i * rest.length) / (most - half))]!,
  )
  return [...scored.slice(0, half), ...spread]
}
