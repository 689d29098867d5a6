import type { Expectation, WinnerExpectation } from '../search/expected-value.ts'
import type { readReplicates, StudyWinner } from '../study/winning-trial.ts'
import { formatMetric } from './numbers.ts'

/** What a study's winner is worth and why it is the winner, as far as either is known. */
export function worthSentences(winner: StudyWinner | null, metric: string): string[] {
  if (winner === null) return []
  const { luckiest, expectation, replicates } = winner
  if (replicates !== null) return replicateSentences(replicates, metric)
  return expectation === null ? [] : winnerSentences(expectation, luckiest.value!, metric)
}

/**
 * `validAccuracy 0.4704, the best of 29; training it again is expected to give 0.464 ± 0.006`, which trial is the winner
 * in its stead, and which is expected to be better still, if one is. Empty where the measurements have no noise to speak of.
 */
export function winnerSentences(
  { best, likeliest, chosen, trials, hasNoise }: WinnerExpectation,
  value: number,
  metric: string,
): string[] {
  if (!hasNoise) return []
  const measured = `${metric} ${formatMetric(metric, value)}, the best of ${trials}`
  // Two trials that are told apart are shown with a digit more.
  const fine = chosen.trial !== best.trial
  const again = `Trial ${best.trial}: ${measured}; training it again is expected to give ${expected(best, fine)}.`
  const lines = !fine
    ? [again]
    : [`Winner: trial ${chosen.trial}, by its expected value ${expected(chosen, fine)}.`, again]
  if (likeliest.trial === chosen.trial || expected(likeliest, fine) === expected(chosen, fine)) return lines
  return [...lines, `Trial ${likeliest.trial} is expected to do better: ${expected(likeliest, fine)}.`]
}

/**
 * What each replicated point measured: `trial 12: 0.4704, again 0.4610 and 0.4655 (mean 0.4633, deviation 0.0048 between
 * seeds), expected value 0.4641 ± 0.0059`; then the winner.
 */
export function replicateSentences(
  { points, winner }: NonNullable<ReturnType<typeof readReplicates>>,
  metric: string,
): string[] {
  const number = (value: number | null): string => formatMetric(metric, value)
  const lines = points.map(({ original, value, again, mean, deviation, expected: found }) => {
    const measured = again.length === 0 ? 'no replicate succeeded' : `again ${again.map(number).join(', ')}`
    const spread =
      mean === null ? '' : ` (mean ${number(mean)}, deviation ${number(deviation)} between seeds)`
    const worth = found === null ? '' : `, expected value ${expected(found, true)}`
    return `Trial ${original}: ${metric} ${number(value)}, ${measured}${spread}${worth}.`
  })
  const why = points.some((point) => point.expected !== null) ? 'expected value' : 'mean of its trainings'
  return [
    ...lines,
    `Winner: trial ${winner}, by the ${why}; any network or files it kept are from its first training.`,
  ]
}

/** `0.464 ± 0.006`: the margin with one significant digit, two if it begins with 1 or if `extra`; the value likewise. */
function expected({ value, margin }: Expectation, extra = false): string {
  const exponent = Number(margin.toExponential().split('e')[1])
  const digits = extra || margin.toExponential().startsWith('1') ? 1 : 0
  const decimals = Math.min(20, Math.max(0, digits - exponent))
  if (exponent < -6 || exponent > 6) return `${value.toPrecision(4)} ± ${margin.toPrecision(2)}`
  return `${value.toFixed(decimals)} ± ${margin.toFixed(decimals)}`
}
