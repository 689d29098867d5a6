import type { Distribution } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { StageRecord, StudyRecord, TrialColumn } from '../store/store.ts'
import { TRIAL_STATES, type TrialField, type TrialRecord } from '../trial.ts'
import { heading } from './names.ts'
import { formatDuration, formatMetric, formatMoment, formatParam } from './numbers.ts'
import type { Column } from './table.ts'
import { stageName } from './trial-json.ts'

/** A study and its stages: what is needed to read a trial's record. */
export interface StudyContext {
  readonly study: StudyRecord
  readonly stages: readonly StageRecord[]
}

/** The study's whole range: the first stage's box. */
export function rootParameters(stages: readonly StageRecord[]): Readonly<Record<string, Distribution>> {
  return stages[0]?.space.parameters ?? {}
}

/** Names of the parameters in the order of the study file; those that only trials know come last. */
export function parameterNames(
  stages: readonly StageRecord[],
  trials: Iterable<Pick<TrialRecord, 'params'>>,
): string[] {
  const names = new Set(Object.keys(rootParameters(stages)))
  for (const trial of trials) {
    for (const name in trial.params) names.add(name)
  }
  return [...names]
}

/** Names of the metrics that any of the trials has, in the order of their first appearance. */
export function metricNames(trials: Iterable<Pick<TrialRecord, 'metrics'>>): string[] {
  const names = new Set<string>()
  for (const trial of trials) {
    for (const name in trial.metrics) names.add(name)
  }
  return [...names]
}

/** Parameters that differ between trials; fixed ones say nothing in a table. */
export function searchedParameters(context: StudyContext, trials: readonly TrialRecord[]): string[] {
  const root = rootParameters(context.stages)
  return parameterNames(context.stages, trials).filter((name) => own(root, name)?.kind !== 'fixed')
}

/**
 * The columns of a ranked table: rank, trial, stage, the value, its counterpart on the training set if there is one,
 * epochs, parameters, time.
 */
export function rankedColumns(context: StudyContext, trials: readonly TrialRecord[]): Column<TrialRecord>[] {
  const counterpart = trainingCounterpart(context.study.metric)
  const shown =
    counterpart !== null && trials.some((trial) => own(trial.metrics, counterpart) !== undefined)
      ? [counterpart]
      : []
  return [
    { title: 'RANK', align: 'right', cell: (_, index) => String(index + 1) },
    numberColumn,
    stageColumn(context.stages),
    valueColumn(context.study.metric, true),
    ...shown.map(metricColumn),
    epochsColumn,
    ...parameterColumns(context, trials),
    timeColumn,
  ]
}

/** The columns of a list of trials: as in a ranked table, with the state, and with further metrics on request. */
export function listedColumns(
  context: StudyContext,
  trials: readonly TrialRecord[],
  metrics: readonly string[],
): Column<TrialRecord>[] {
  return [
    numberColumn,
    stageColumn(context.stages),
    stateColumn,
    valueColumn(context.study.metric, false),
    // The study's metric is the value itself: it would stand there twice.
    ...metrics.filter((name) => name !== context.study.metric).map(metricColumn),
    epochsColumn,
    ...parameterColumns(context, trials),
    timeColumn,
  ]
}

/** The columns asked for, in that order; none of them gives way where the window is narrow. */
export function chosenColumns(
  context: StudyContext,
  trials: readonly TrialRecord[],
  chosen: readonly TrialColumn[],
): Column<TrialRecord>[] {
  const parameters = new Map(
    parameterNames(context.stages, trials).map((name) => [name, parameterColumn(context, trials, name)]),
  )
  return chosen.map((column): Column<TrialRecord> => {
    if (column.kind === 'param') return { ...parameters.get(column.name)!, optional: false }
    if (column.kind === 'metric') return { ...metricColumn(column.name), optional: false }
    return fieldColumn(context, column.name)
  })
}

function fieldColumn({ study, stages }: StudyContext, name: TrialField): Column<TrialRecord> {
  switch (name) {
    case 'number':
      return numberColumn
    case 'stage':
      return stageColumn(stages)
    case 'state':
      return stateColumn
    case 'value':
      return valueColumn(study.metric, false)
    case 'epochs':
      return epochsColumn
    case 'time':
      return timeColumn
    case 'started':
      return { title: 'STARTED', align: 'left', cell: (trial) => formatMoment(trial.startedAt) }
    case 'host':
      return { title: 'HOST', align: 'left', cell: (trial) => trial.host ?? '-' }
    case 'seed':
    case 'attempts':
    case 'slot':
      return { title: name.toUpperCase(), align: 'right', cell: (trial) => String(trial[name] ?? '-') }
  }
}

/** The state, and whether the trial was imported. */
export function stateText({ state, origin }: TrialRecord): string {
  return origin === null ? state : `${state} (imported)`
}

const stateColumn: Column<TrialRecord> = {
  title: 'STATE',
  align: 'left',
  cell: (trial) => {
    const { tone } = TRIAL_STATES[trial.state]
    const text = stateText(trial)
    return tone === 'good' ? text : { text, tone }
  },
}

const numberColumn: Column<TrialRecord> = {
  title: 'TRIAL',
  align: 'right',
  cell: (trial) => String(trial.number),
}

const epochsColumn: Column<TrialRecord> = {
  title: 'EPOCHS',
  align: 'right',
  cell: (trial) => String(trial.epochs),
}

const timeColumn: Column<TrialRecord> = {
  title: 'TIME',
  align: 'right',
  cell: (trial) => formatDuration(trial.durationMs),
}

function stageColumn(stages: readonly StageRecord[]): Column<TrialRecord> {
  return { title: 'STAGE', align: 'left', cell: (trial) => stageName(trial.stage, stages), maxWidth: 16 }
}

function valueColumn(metric: string, highlightFirst: boolean): Column<TrialRecord> {
  return {
    title: heading(metric),
    align: 'decimal',
    cell: (trial, index) => {
      const text = formatMetric(metric, trial.value)
      return highlightFirst && index === 0 ? { text, tone: 'good' } : text
    },
  }
}

function metricColumn(name: string): Column<TrialRecord> {
  return {
    title: heading(name),
    fullTitle: `metrics.${name}`,
    align: 'decimal',
    cell: (trial) => formatMetric(name, own(trial.metrics, name)),
    optional: true,
  }
}

function parameterColumns(context: StudyContext, trials: readonly TrialRecord[]): Column<TrialRecord>[] {
  return searchedParameters(context, trials).map((name) => parameterColumn(context, trials, name))
}

function parameterColumn(
  context: StudyContext,
  trials: readonly TrialRecord[],
  name: string,
): Column<TrialRecord> {
  const distribution = own(rootParameters(context.stages), name)
  const numeric = trials.every((trial) => ['number', 'undefined'].includes(typeof own(trial.params, name)))
  return {
    title: heading(name),
    fullTitle: `params.${name}`,
    align: numeric ? 'decimal' : 'left',
    cell: (trial) => formatParam(own(trial.params, name), distribution),
    maxWidth: 24,
    optional: true,
  }
}

/** `trainAccuracy` for `validAccuracy`; null for a metric that is not one of a validation set. */
function trainingCounterpart(metric: string): string | null {
  return /^valid(ation)?/.test(metric) ? metric.replace(/^valid(ation)?/, 'train') : null
}
