import { log } from '../numerics/elementary.ts'
import type { Direction } from '../trial.ts'
import { hasValue } from './rank.ts'
import type { PastTrial } from './sampler.ts'

/**
 * The trials' values as a surrogate learns them: low is good, mean 0, deviation 1. Up to the median they keep their
 * proportions; the bad half is compressed by a logarithm, so that a loss of 1e6 does not flatten the differences that
 * matter. A diverged trial counts like the worst one with a value; where none has a value, all are 0. The trials are of one
 * budget.
 */
export function standardScores(trials: readonly PastTrial[], direction: Direction): Float64Array {
  const lowIsGood = ({ value }: PastTrial): number => (direction === 'minimize' ? value! : -value!)
  const values = Float64Array.from(trials.filter(hasValue), lowIsGood).sort()
  if (values.length === 0) return new Float64Array(trials.length)
  const best = values[0]!
  const worst = values.at(-1)!
  const median = values[values.length >> 1]!
  const unit = median - best || worst - best || 1
  const scores = Float64Array.from(trials, (trial) => {
    const above = ((hasValue(trial) ? lowIsGood(trial) : worst) - best) / unit
    return above <= 1 ? above : 1 + log(above)
  })
  return standardise(scores)
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
