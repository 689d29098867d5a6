import type { Direction, TrialState } from '../trial.ts'

/** What ranking looks at. */
export interface Ranked {
  readonly number: number
  readonly state: TrialState
  readonly value: number | null
}

/** Whether a trial ended with a value to compare. */
export function hasValue(trial: Ranked): boolean {
  return (trial.state === 'complete' || trial.state === 'pruned') && trial.value !== null
}

/**
 * Compares two trials, the better first: those with a value by value, then diverged, then failed ones, then those
 * that have not ended. Ties go to the lower number. For Array.sort.
 */
export function compareTrials(a: Ranked, b: Ranked, direction: Direction): number {
  const byState = stateRank(a) - stateRank(b)
  if (byState !== 0) return byState
  if (hasValue(a) && a.value !== b.value) {
    const difference = a.value! < b.value! ? -1 : 1
    return direction === 'minimize' ? difference : -difference
  }
  return a.number - b.number
}

/** The trials, best first; a new array. Compare only trials of one budget: values of different epochs are not alike. */
export function rankTrials<T extends Ranked>(trials: readonly T[], direction: Direction): T[] {
  return trials.toSorted((a, b) => compareTrials(a, b, direction))
}

function stateRank(trial: Ranked): number {
  if (hasValue(trial)) return 0
  if (trial.state === 'diverged') return 1
  return trial.state === 'failed' ? 2 : 3
}
