import { log } from '../numerics/elementary.ts'
import type { Direction } from '../trial.ts'
import { hasValue } from './rank.ts'
import type { PastTrial } from './sampler.ts'

/**
 * How many times farther from the best a value lies that is a penalty, not a measure: than a trial of half its rank, or in
 * the bad half than the next better one.
 */
const FAR = 1000
/** Among fewer trials than these the distance from the best is chance. */
const LEAST_RANK = 4

/**
 * The trials' values as a surrogate learns them: low is good, mean 0, deviation 1. Up to the median they keep their
 * proportions; the bad half is compressed by a logarithm, so that a loss of 1e6 does not flatten the differences that
 * matter. A trial that diverged, or that has a penalty for a value, counts like the worst one of the others; where half of the
 * trials or more have one, the others are scored among themselves. Where none has a value, all are 0. The trials are of one
 * budget.
 */
export function standardScores(trials: readonly PastTrial[], direction: Direction): Float64Array {
  const valued = trials.filter(hasValue)
  const scale = scaleThatSubtracts(valued)
  const lowIsGood = ({ value }: PastTrial): number => (direction === 'minimize' ? value! : -value!) * scale
  const values = Float64Array.from(valued, lowIsGood).sort()
  if (values.length === 0) return new Float64Array(trials.length)
  const best = values[0]!
  const { unit, most } = scaleOfValues(values)
  const scores = Float64Array.from(trials, (trial) => {
    const distance = Math.min(hasValue(trial) ? lowIsGood(trial) - best : most, most)
    const above = Math.min(Number.MAX_VALUE, distance / unit)
    return above <= 1 ? above : 1 + log(above)
  })
  return standardise(scores)
}

/**
 * How far above the best one values keep their proportions, and how far the worst one lies that is no penalty.
 * @param values ascending, one or more
 */
export function scaleOfValues(values: Float64Array): { readonly unit: number; readonly most: number } {
  const best = values[0]!
  const worst = values.at(-1)! - best
  const median = values.length >> 1
  let unit = values[median]! - best
  let most = worst
  let farther = unit
  for (let rank = median >> 1; rank >= LEAST_RANK; rank >>= 1) {
    const nearer = values[rank]! - best
    if (nearer > 0 && farther > FAR * nearer) {
      unit = nearer
      most = values.findLast((value) => value - best <= FAR * nearer)! - best
    }
    farther = nearer
  }
  // A minority of penalties lies beyond a gap: values that only spread over many decades have none.
  for (let rank = Math.max(median, LEAST_RANK) + 1; rank < values.length; rank++) {
    const nearer = values[rank - 1]! - best
    if (nearer > 0 && values[rank]! - best > FAR * nearer) {
      most = Math.min(most, nearer)
      break
    }
  }
  return { unit: unit || worst || 1, most }
}

/** What brings values so near each other that their differences are numbers: 1, but a half near the largest ones there are. */
function scaleThatSubtracts(trials: readonly PastTrial[]): number {
  const most = trials.reduce((size, { value }) => Math.max(size, Math.abs(value!)), 0)
  return most > Number.MAX_VALUE / 2 ? 0.5 : 1
}

function standardise(scores: Float64Array): Float64Array {
  let sum = 0
  for (const score of scores) sum += score
  const mean = sum / scores.length
  let squares = 0
  for (const score of scores) {
    const away = score - mean
    squares += away * away
  }
  const deviation = Math.sqrt(squares / scores.length) || 1
  return scores.map((score) => (score - mean) / deviation)
}
