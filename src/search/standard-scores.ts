import { log } from '../numerics/elementary.ts'
import type { Direction } from '../trial.ts'
import { hasValue } from './rank.ts'
import type { PastTrial } from './sampler.ts'

/**
 * The trials' values as a surrogate learns them: low is good, mean 0, deviation 1. Up to the median they keep their
 * proportions; the bad half is compressed by a logarithm, so that a loss of 1e6 does not flatten the differences that
 * matter. A diverged trial counts like the worst one with a value. The trials are of one budget, one of them at least
 * with a value.
 */
export function standardScores(trials: readonly PastTrial[], direction: Direction): Float64Array {
  const sign = direction === 'minimize' ? 1 : -1
  const values = Float64Array.from(trials.filter(hasValue), (trial) => sign * trial.value!).sort()
  const best = values[0] ?? 0
  const worst = values.at(-1) ?? 0
  const median = values[values.length >> 1] ?? 0
  const unit = median > best ? median - best : worst > best ? worst - best : 1
  const scores = Float64Array.from(trials, (trial) => {
    const above = ((hasValue(trial) ? sign * trial.value! : worst) - best) / unit
    return above <= 1 ? above : 1 + log(above)
  })
  return standardise(scores)
}

function standardise(scores: Float64Array): Float64Array {
  let sum = 0
  for (const score of scores) sum += score
  const mean = sum / scores.length
  let squares = 0
  for (const score of scores) squares += (score - mean) * (score - mean)
  const deviation = Math.sqrt(squares / scores.length) || 1
  return scores.map((score) => (score - mean) / deviation)
}
