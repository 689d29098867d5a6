import type { ParamValue } from '../space/distribution.ts'
import { pointKey } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction } from '../trial.ts'
import { type Expectation, expectWinner } from './expected-value.ts'
import { hasValue, rankTrials } from './rank.ts'
import type { PastTrial } from './sampler.ts'
import type { Replicate } from './stage-plan.ts'

/** What stands for the sampler in the record of a stage of replicates. */
export const REPLICATE_SAMPLER = 'replicate'

/** The trials whose points a stage of replicates runs again, best first: complete ones of these epochs, each point once. */
export function pointsToReplicate<T extends PastTrial>(
  earlier: readonly T[],
  stages: readonly { readonly epochs: number }[],
  epochs: number,
  { top }: Replicate,
  direction: Direction,
): T[] {
  const alike = earlier.filter(
    (trial) => trial.state === 'complete' && hasValue(trial) && stages[trial.stage]?.epochs === epochs,
  )
  const points = new Map<string, T>()
  for (const trial of rankTrials(alike, direction)) {
    const key = pointKey(trial.params)
    if (!points.has(key)) points.set(key, trial)
  }
  return [...points.values()].slice(0, top)
}

/**
 * The point that trial `index` of a stage of replicates runs, and the name of its seed; null if every point has had its
 * seeds, which is sooner where there are fewer points than asked for.
 */
export function replicateOf<T extends PastTrial>(
  points: readonly T[],
  index: number,
  { top, seeds }: Replicate,
): { readonly original: T; readonly seedName: readonly (string | number)[] } | null {
  const rounds = Math.min(top, points.length)
  const original = points[index % rounds]
  if (original === undefined || index >= rounds * seeds) return null
  return { original, seedName: ['replicate', original.number, Math.floor(index / rounds)] }
}

export interface ReplicatedPoint {
  /** The number of the trial whose point was run again. */
  readonly original: number
  readonly params: Readonly<Record<string, ParamValue>>
  /** What the original measured: the luckiest of its stage. */
  readonly value: number
  /** What the replicates measured, in order. */
  readonly again: readonly number[]
  /** The mean of the replicates alone; null without any. */
  readonly mean: number | null
  /** The standard deviation between all trainings of the point; null with one. */
  readonly deviation: number | null
  /** By the Gaussian process with all measurements in it; null where too few trials have a value. */
  readonly expected: Expectation | null
}

/**
 * What the replicates say, in the order of the points' ranks, and the number of the original trial that is the winner:
 * the one with the best expected value, for the first values are those of the luckiest; by the mean of all its
 * trainings where there is no process. Null if nothing was replicated.
 */
export function judgeReplicates(request: {
  readonly space: SearchSpace
  /** All trials of the study. */
  readonly trials: readonly PastTrial[]
  readonly stages: readonly { readonly epochs: number }[]
  readonly direction: Direction
  /** The index of the stage of replicates. */
  readonly stage: number
  readonly replicate: Replicate
}): { readonly points: readonly ReplicatedPoint[]; readonly winner: number } | null {
  const { space, trials, stages, direction, stage, replicate } = request
  const earlier = trials.filter((trial) => trial.stage < stage)
  const originals = pointsToReplicate(earlier, stages, stages[stage]!.epochs, replicate, direction)
  const [best] = originals
  if (best === undefined) return null
  const others = originals.map(({ number }) => number)
  const process = expectWinner({ space, trials, stages, direction, best: best.number, others })
  const points = originals.map((original, i): ReplicatedPoint => {
    const key = pointKey(original.params)
    const again = trials
      .filter((trial) => trial.stage === stage && hasValue(trial) && pointKey(trial.params) === key)
      .toSorted((a, b) => a.number - b.number)
      .map(({ value }) => value!)
    return {
      original: original.number,
      params: original.params,
      value: original.value!,
      again,
      mean: again.length === 0 ? null : meanOf(again),
      deviation: deviationOf([original.value!, ...again]),
      expected: process?.others[i] ?? null,
    }
  })
  const judgedValue = (point: ReplicatedPoint): number =>
    point.expected?.value ?? meanOf([point.value, ...point.again])
  const isBetter = (a: number, b: number): boolean => (direction === 'minimize' ? a < b : a > b)
  return {
    points,
    winner: points.reduce((a, b) => (isBetter(judgedValue(b), judgedValue(a)) ? b : a)).original,
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The sample standard deviation; null for a single value. */
function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = meanOf(values)
  const squares = values.map((value) => value - mean).reduce((sum, off) => sum + off * off, 0)
  return Math.sqrt(squares / (values.length - 1))
}
