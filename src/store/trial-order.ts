import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialRecord } from '../trial.ts'
import type { TrialColumn } from './store.ts'

/** What a trial has in a column; null or undefined if nothing. A choice that is null counts as a word, as truth values do. */
export type TrialKey = (trial: TrialRecord) => ParamValue | null | undefined

export function trialSorting(column: TrialColumn): TrialKey {
  if (column.kind === 'param') {
    return (trial) => {
      const value = own(trial.params, column.name)
      return value === null ? 'null' : value
    }
  }
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
  const keyed = trials.map((trial) => ({ trial, key: key(trial) }))
  keyed.sort((a, b) => {
    const missing = Number(isMissing(a.key)) - Number(isMissing(b.key))
    if (missing !== 0) return missing
    if (isMissing(a.key)) return a.trial.number - b.trial.number
    const ordered = falling ? compareKeys(b.key, a.key) : compareKeys(a.key, b.key)
    return ordered || a.trial.number - b.trial.number
  })
  return keyed.map(({ trial }) => trial)
}

function isMissing(key: ParamValue | null | undefined): boolean {
  return key === null || key === undefined || Number.isNaN(key)
}

/** NaN for equal infinities, which is as good as 0. */
function compareKeys(a: ParamValue | null | undefined, b: ParamValue | null | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const kinds = Number(typeof a !== 'number') - Number(typeof b !== 'number')
  if (kinds !== 0) return kinds
  const [left, right] = [String(a), String(b)]
  return Number(left > right) - Number(left < right)
}
