import { checkOptions, isRecord, unknownName, wrongArgument } from '../arguments.ts'
import { UserError } from '../errors.ts'
import { BINARY_FORMATS, EXPORT_FORMATS } from '../report/export.ts'
import type { TrialFilter } from '../store/store.ts'
import { describeValue } from '../text/quote.ts'
import { ALL_STATES } from '../trial.ts'

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
  checkOptions(filter, Object.keys(FILTER_KEYS), {
    rule: 'trials takes a filter as an object',
    of: 'a filter of trials',
    what: 'key',
    hint: "Write trials({ states: ['complete'] }).",
  })
  const { stage, states, sort } = filter
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
  for (const key of ['limit', 'offset', 'from'] as const) {
    const value = filter[key]
    if (value !== undefined && !isCount(value))
      throw wrongArgument('trials', `${key} must be a whole number of at least 0`, value)
  }
  if (sort !== undefined && (!isRecord(sort) || !isRecord(sort.column) || typeof sort.falling !== 'boolean'))
    throw wrongArgument('trials', 'sort must be { column, falling }', sort, SORT)
  for (const state of states ?? [])
    if (!ALL_STATES.includes(state)) throw unknownName('state', state, 'trials', ALL_STATES)
}

const SORT = "Write sort: { column: { kind: 'field', name: 'value' }, falling: true }."

/** @throws UserError('usage') for what cannot be the number of a trial */
export function checkTrialNumber(of: string, number: unknown): void {
  if (!isCount(number))
    throw wrongArgument(of, 'number must be that of a trial', number, 'Trials are numbered from 0.')
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
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
