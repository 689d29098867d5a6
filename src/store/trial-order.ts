import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialRecord } from '../trial.ts'
import type { TrialColumn } from './store.ts'

/** What a trial has in a column; null or undefined if nothing. */
export type TrialKey = (trial: TrialRecord) => ParamValue | null | undefined

export function trialSorting(column: TrialColumn): TrialKey {
  if (column.kind === 'param') return (trial) => own(trial.params, column.name)
  if (column.kind === 'metric') return (trial) => own(trial.metrics, column.name)
  switch (column.name) {
    case 'started':
      return (trial) => trial.startedAt
    case 'time':
      return (trial) => trial.durationMs
    default: {
      const field = column.name
      return (trial) => trial[field]
    }
  }
}

/**
 * Trials in order of a column; equal ones stay in order of number, and those that have nothing there (or NaN) come
 * last in either direction. Numbers come before words.
 */
export function sortTrials(trials: readonly TrialRecord[], key: TrialKey, falling: boolean): TrialRecord[] {
  const sign = falling ? -1 : 1
  const keyed = trials.map((trial) => ({ trial, key: key(trial) }))
  keyed.sort((a, b) => {
    const missing = Number(isMissing(a.key)) - Number(isMissing(b.key))
    if (missing !== 0) return missing
    if (isMissing(a.key)) return a.trial.number - b.trial.number
    return sign * compareKeys(a.key, b.key) || a.trial.number - b.trial.number
  })
  return keyed.map(({ trial }) => trial)
}

function isMissing(key: ParamValue | null | undefined): boolean {
  return key === null || key === undefined || Number.isNaN(key)
}

function compareKeys(a: ParamValue | null | undefined, b: ParamValue | null | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b || 0
  if (typeof a === 'number') return -1
  if (typeof b === 'number') return 1
  const [left, right] = [String(a), String(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
