import { UserError } from '../errors.ts'
import { BINARY_FORMATS, EXPORT_FORMATS } from '../report/export.ts'
import type { TrialFilter } from '../store/store.ts'
import { describeValue } from '../text/quote.ts'
import { ALL_STATES } from '../trial.ts'
import { unknownName } from './unknown-name.ts'

const FILTER_KEYS: Readonly<Record<keyof TrialFilter, true>> = {
  // First: what `state` is taken for.
  states: true,
  stage: true,
  from: true,
  sort: true,
  limit: true,
  offset: true,
}

/** Refuses what would leave out nothing, or everything. @throws UserError('usage') */
export function checkFilter(filter: TrialFilter): void {
  if (typeof filter !== 'object' || filter === null) {
    throw new UserError('usage', `trials takes a filter as an object, got ${describeValue(filter)}`, {
      hint: "Write trials({ states: ['complete'] }).",
    })
  }
  const known = Object.keys(FILTER_KEYS)
  for (const name of Object.keys(filter))
    if (!known.includes(name)) throw unknownName('key', name, 'a filter of trials', known)
  const { stage, states } = filter
  if (stage !== undefined && !Number.isSafeInteger(stage)) {
    throw new UserError('usage', `stage must be the index of a stage, got ${describeValue(stage)}`, {
      hint: 'The first stage is 0.',
    })
  }
  if (states !== undefined && !Array.isArray(states)) {
    throw new UserError('usage', `states must be a list, got ${describeValue(states)}`, {
      hint: "Write states: ['complete'].",
    })
  }
  for (const state of states ?? [])
    if (!ALL_STATES.includes(state)) throw unknownName('state', state, 'trials', ALL_STATES)
}

/** @throws UserError('usage') for a format that has no text, or that there is not */
export function checkFormat(format: string): void {
  const binary: readonly string[] = BINARY_FORMATS
  if (binary.includes(format)) {
    throw new UserError('usage', `The format ${format} is binary and cannot be returned as text`, {
      hint: `Write it with: finesweep export --format ${format} -o FILE`,
    })
  }
  const formats = EXPORT_FORMATS.filter((each) => !binary.includes(each))
  if (formats.includes(format as never)) return
  throw unknownName('format', format, 'an export', formats)
}
