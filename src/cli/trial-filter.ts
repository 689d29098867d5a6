import { UserError } from '../errors.ts'
import { heading, shortName } from '../report/names.ts'
import { metricNames, parameterNames, type StudyContext } from '../report/trial-columns.ts'
import type { StageRecord, TrialColumn } from '../store/store.ts'
import { closestName } from '../text/closest-name.ts'
import { ALL_STATES, TRIAL_FIELDS, type TrialField, type TrialRecord, type TrialState } from '../trial.ts'

/** A stage's index from its name, or from its number counted from 1. @throws UserError('usage') */
export function parseStage(text: string, stages: readonly StageRecord[]): number {
  const named = stages.find((stage) => stage.name === text)
  if (named !== undefined) return named.index
  const numbered = /^\d+$/.test(text) ? stages[Number(text) - 1] : undefined
  if (numbered !== undefined) return numbered.index
  const names = stages.map((stage) => stage.name)
  throw new UserError('usage', `--stage: there is no stage ${JSON.stringify(text)}`, {
    hint:
      names.length === 0
        ? 'No stage has started yet.'
        : suggestion(text, names, `Stages: ${names.join(', ')}.`),
  })
}

/** `complete,failed`. @throws UserError('usage') */
export function parseStates(text: string): TrialState[] {
  return text.split(',').map((word) => {
    const state = ALL_STATES.find((known) => known === word.trim())
    if (state !== undefined) return state
    throw new UserError('usage', `--state: there is no state ${JSON.stringify(word)}`, {
      hint: suggestion(word, ALL_STATES, `States: ${ALL_STATES.join(', ')}.`),
    })
  })
}

/**
 * `-value`, `learningRate`, `lr`, `metrics.trainLoss`: a column by its name in JSON, by its heading, or short.
 * @throws UserError('usage')
 */
export function parseSortColumn(
  text: string,
  { study, stages }: StudyContext,
  trials: readonly TrialRecord[],
  option = '--sort',
): { readonly column: TrialColumn; readonly falling: boolean } {
  const falling = text.startsWith('-')
  const name = falling ? text.slice(1) : text
  const params = parameterNames(stages, trials)
  const metrics = metricNames(trials)
  const columns: readonly (readonly [string, TrialColumn])[] = [
    ...TRIAL_FIELDS.filter((field) => !PLACES.includes(field)).map(columnOf),
    ['trial', { kind: 'field', name: 'number' }],
    ['durationMs', { kind: 'field', name: 'time' }],
    ['startedAt', { kind: 'field', name: 'started' }],
    ...params.map((param) => [param, { kind: 'param', name: param }] as const),
    // The study's metric is every trial's value; an entry of that name in the metrics is the same number.
    [study.metric, { kind: 'field', name: 'value' }],
    ...metrics.map((metric) => [metric, { kind: 'metric', name: metric }] as const),
    // Behind parameters, which may be called so.
    ...TRIAL_FIELDS.filter((field) => PLACES.includes(field)).map(columnOf),
    ...params.map((param) => [`params.${param}`, { kind: 'param', name: param }] as const),
    ...metrics.map((metric) => [`metrics.${metric}`, { kind: 'metric', name: metric }] as const),
  ]
  const exact = columns.find(([known]) => known === name)
  const found =
    exact ??
    columns.find(([known]) =>
      [known, shortName(known), heading(known)].some((alias) => plain(alias) === plain(name)),
    )
  if (found !== undefined) return { column: found[1], falling }
  const names = columns.map(([known]) => known).filter((known) => !known.includes('.'))
  throw new UserError('usage', `${option}: there is no column ${JSON.stringify(name)}`, {
    hint: suggestion(name, names, `Columns: ${[...new Set(names)].join(', ')}.`),
  })
}

/** Where a trial ran. */
const PLACES: readonly TrialField[] = ['slot', 'host']

function columnOf(field: TrialField): readonly [string, TrialColumn] {
  return [field, { kind: 'field', name: field }]
}

/** `number,value,lr`: columns by the names that `--sort` takes. @throws UserError('usage') */
export function parseColumns(
  text: string,
  context: StudyContext,
  trials: readonly TrialRecord[],
): TrialColumn[] {
  return text.split(',').map((word) => parseSortColumn(word.trim(), context, trials, '--columns').column)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function suggestion(typed: string, names: readonly string[], otherwise: string): string {
  const likely = closestName(typed, names)
  return likely === undefined ? otherwise : `Did you mean ${JSON.stringify(likely)}?`
}
