import { stringify } from 'csv-stringify/sync'
import { cellOfChoice } from '../space/choice-text.ts'
import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { StageRecord, StudyReader } from '../store/store.ts'
import { streamMeasuredTrials, streamTrials } from '../study/trial-stream.ts'
import type { TrialRecord } from '../trial.ts'
import { narrowingJson } from './narrowing.ts'
import { countOf, formatDuration, formatMetric, formatParam } from './numbers.ts'
import { exportOptuna } from './optuna.ts'
import { oneLine } from './text.ts'
import {
  metricNames,
  parameterNames,
  rootParameters,
  type StudyContext,
  searchedParameters,
} from './trial-columns.ts'
import {
  jsonDocument,
  measurementJson,
  stageName,
  studyDetails,
  studyHead,
  trialDetails,
} from './trial-json.ts'

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson', 'markdown', 'optuna', 'parquet'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** The formats that are bytes, and not text. */
export const BINARY_FORMATS = ['parquet'] as const satisfies readonly ExportFormat[]

/** The formats that are text. */
export type TextFormat = Exclude<ExportFormat, (typeof BINARY_FORMATS)[number]>

/** The format of a file by the ending of its name. */
export const FORMAT_OF_ENDING: Readonly<Record<string, ExportFormat>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  md: 'markdown',
  markdown: 'markdown',
  log: 'optuna',
  parquet: 'parquet',
}

/** The text of a whole study in that format, in pieces. @param safe see `exportCsv`; other formats have no use for it */
export function exportStudy(
  format: TextFormat,
  reader: StudyReader,
  context: StudyContext,
  safe = false,
): Iterable<string> {
  switch (format) {
    case 'csv':
      return exportCsv([...streamTrials(reader, context.study.id)], context, safe)
    case 'json':
      return exportJson(reader, context)
    case 'ndjson':
      return exportNdjson(reader, context)
    case 'optuna':
      return exportOptuna(reader, context)
    case 'markdown':
      return exportMarkdown([...streamTrials(reader, context.study.id)], context)
  }
}

export type CsvCell = ParamValue | null | undefined

/**
 * One row for each trial, one column for each field, parameter and metric; numbers to the last bit.
 * @param safe for spreadsheets: texts that they would take for formulas get an apostrophe in front; numbers never do
 */
export function* exportCsv(
  trials: readonly TrialRecord[],
  { stages }: StudyContext,
  safe = false,
): Generator<string> {
  const csvRow = (cells: readonly CsvCell[]): string =>
    `${cells.map((cell) => csvCell(cell, safe)).join(',')}\n`
  const { titles, toRow } = exportTable(trials, stages)
  const root = rootParameters(stages)
  yield csvRow(titles)
  for (const trial of trials) yield csvRow(toRow({ ...trial, params: cellsOf(root, trial.params) }))
}

/** A trial's values as cells that can be told apart where a list of choices mixes texts with others. */
function cellsOf(root: Readonly<Record<string, Distribution>>, params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const choices = choicesOf(own(root, name))
      return [name, choices === null ? value : cellOfChoice(choices, value)]
    }),
  )
}

/** The list that a parameter's cells are written by; null for numbers on a range and fixed values that are no null. */
export function choicesOf(distribution: Distribution | undefined): readonly ParamValue[] | null {
  if (distribution?.kind === 'categorical') return distribution.choices
  return distribution?.kind === 'fixed' && distribution.value === null ? [null] : null
}

/** The columns of CSV and Parquet, and a trial's cells. */
export function exportTable(
  trials: readonly TrialRecord[],
  stages: readonly StageRecord[],
): { readonly titles: readonly string[]; readonly toRow: (trial: TrialRecord) => CsvCell[] } {
  const params = parameterNames(stages, trials)
  const metrics = metricNames(trials)
  const origin = trials.some((trial) => trial.origin !== null)
  const titles = [
    ...['number', 'stage', 'state', 'value', 'epochs'],
    ...params.map((name) => `params.${name}`),
    ...metrics.map((name) => `metrics.${name}`),
    ...['seed', 'budgetEpochs', 'continues', 'attempts', 'startedAt', 'durationMs'],
    ...['host', 'arithmetic', 'errorCode', 'errorMessage', ...(origin ? ['origin'] : [])],
  ]
  const toRow = (trial: TrialRecord): CsvCell[] => [
    trial.number,
    stageName(trial.stage, stages),
    trial.state,
    trial.value,
    trial.epochs,
    ...params.map((name) => own(trial.params, name)),
    ...metrics.map((name) => own(trial.metrics, name)),
    trial.seed,
    trial.budget.epochs,
    trial.continues,
    trial.attempts,
    trial.startedAt === null ? null : new Date(trial.startedAt).toISOString(),
    trial.durationMs,
    trial.host,
    trial.arithmetic,
    trial.error?.code,
    trial.error?.message,
    ...(origin ? [trial.origin] : []),
  ]
  return { titles, toRow }
}

/**
 * A cell as csv-stringify writes it, which would take a second for each million of numbers and plain words: they are
 * written as they are.
 */
function csvCell(value: CsvCell, safe: boolean): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  if (/^[a-z0-9][\w .:-]*$/i.test(value)) return value
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value))
  return stringify([[value]], { escape_formulas: safe && !isNumber, eof: false })
}

/** One document: the study, its stages with their decisions, and each trial with its measurements. */
function exportJson(reader: StudyReader, { study, stages }: StudyContext): Generator<string> {
  const { name: _, ...details } = studyDetails(study)
  const head = {
    ...studyHead(study),
    ...details,
    experiment: study.experiment,
    stages: stages.map((stage) => ({ ...stage, narrowing: narrowingJson(stage.narrowing) })),
  }
  return jsonDocument(head, 'trials', measuredTrials(reader, { study, stages }))
}

/** One line for each trial, with its measurements; every line says its study. */
function* exportNdjson(reader: StudyReader, context: StudyContext): Generator<string> {
  const head = studyHead(context.study)
  for (const trial of measuredTrials(reader, context)) yield `${JSON.stringify({ ...head, ...trial })}\n`
}

function* measuredTrials(reader: StudyReader, { study, stages }: StudyContext) {
  for (const { trial, measurements } of streamMeasuredTrials(reader, study.id)) {
    yield { ...trialDetails(trial, stages), measurements: measurements.map(measurementJson) }
  }
}

/** A table for documents that people read: values as the terminal shows them. */
export function* exportMarkdown(trials: readonly TrialRecord[], context: StudyContext): Generator<string> {
  const { study, stages } = context
  const params = searchedParameters(context, trials)
  const root = rootParameters(stages)
  const row = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |\n`
  yield `# ${markdownCell(study.name)}\n\n`
  yield `${study.direction} ${markdownCell(study.metric)}, seed ${study.seed}, ${countOf(trials.length, 'trial')}\n\n`
  const titles = ['Trial', 'Stage', 'State', study.metric, 'Epochs', ...params, 'Time']
  yield row(titles)
  yield `|${titles.map((title) => (['Stage', 'State'].includes(title) ? ' --- |' : ' ---: |')).join('')}\n`
  for (const trial of trials) {
    yield row([
      String(trial.number),
      stageName(trial.stage, stages),
      trial.state,
      formatMetric(study.metric, trial.value),
      String(trial.epochs),
      ...params.map((name) => formatParam(own(trial.params, name), own(root, name))),
      formatDuration(trial.durationMs),
    ])
  }
}

/** Text in a cell, with what Markdown or HTML would read as more than text made harmless. */
function markdownCell(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]|<>#]/g, (character) =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
  )
}
