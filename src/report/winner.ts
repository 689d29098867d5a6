import { type Expectation, expectWinner, type WinnerExpectation } from '../search/expected-value.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import type { readReplicates } from '../study/winning-trial.ts'
import { FINISHED_STATES, type TrialRecord } from '../trial.ts'
import { formatMetric } from './numbers.ts'

/** More trials than this would take longer to read than they tell. */
const MOST_TRIALS = 1000
/** Of a longer study, as many of its best are judged: more than the Gaussian process takes of the better half. */
const BEST_JUDGED = 128

/** What the best trial's value is worth; null where too few trials have one. */
export function readWinner(
  reader: StudyReader,
  study: StudyRecord,
  stages: readonly StageRecord[],
  best: TrialRecord | undefined,
): WinnerExpectation | null {
  const last = stages.at(-1)
  if (best === undefined || last === undefined) return null
  const judge = (trials: readonly TrialRecord[]): WinnerExpectation | null =>
    expectWinner({ space: last.space, trials, stages, direction: study.direction, best: best.number })
  // Numbers are given in order: counting the trials would take as long as looking at them.
  const isLarge = reader.trials(study.id, { from: MOST_TRIALS, limit: 1 }).length > 0
  if (!isLarge) return judge(reader.trials(study.id, { states: FINISHED_STATES }))
  const expectation = judge(someTrials(reader, study.id, best))
  if (expectation === null) return null
  return { ...expectation, trials: reader.countTrials(study.id, best.stage)[best.state] }
}

/** Of the best one's stage, the first trials that have ended and the best. */
function someTrials(reader: StudyReader, study: number, best: TrialRecord): TrialRecord[] {
  const { stage } = best
  const first = reader.trials(study, { states: FINISHED_STATES, stage, limit: MOST_TRIALS })
  const top = reader.bestTrials(study, BEST_JUDGED, stage)
  return [...new Map([...first, ...top].map((trial) => [trial.number, trial])).values()]
}

/**
 * `validAccuracy 0.4704, the best of 29; training it again is expected to give 0.464 ± 0.006`, and which trial is expected
 * to be better, if one is. Empty where the measurements have no noise to speak of.
 */
export function winnerSentences(
  { best, likeliest, trials, noisy }: WinnerExpectation,
  value: number,
  metric: string,
): string[] {
  if (!noisy) return []
  const measured = `${metric} ${formatMetric(metric, value)}, the best of ${trials}`
  const again = `Trial ${best.trial}: ${measured}; training it again is expected to give ${expected(best)}.`
  if (likeliest.trial === best.trial || expected(likeliest) === expected(best)) return [again]
  return [again, `Trial ${likeliest.trial} is expected to do better: ${expected(likeliest)}.`]
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
  return [...lines, `Winner: trial ${winner}, by the ${why}; what is kept of it is from its first training.`]
}

/** `0.464 ± 0.006`: the margin with one significant digit, two if it begins with 1 or if `extra`; the value likewise. */
function expected({ value, margin }: Expectation, extra = false): string {
  const exponent = Number(margin.toExponential().split('e')[1])
  const digits = extra || margin.toExponential().startsWith('1') ? 1 : 0
  const decimals = Math.min(20, Math.max(0, digits - exponent))
  if (exponent < -6 || exponent > 6) return `${value.toPrecision(4)} ± ${margin.toPrecision(2)}`
  return `${value.toFixed(decimals)} ± ${margin.toFixed(decimals)}`
}
