import type { Distribution } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { StageRecord, StudyRecord } from '../store/store.ts'
import { TRIAL_STATES, type TrialRecord } from '../trial.ts'
import { heading } from './names.ts'
import { formatDuration, formatMetric, formatParam } from './numbers.ts'
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
    {
      title: 'STATE',
      align: 'left',
      cell: (trial) => {
        const { tone } = TRIAL_STATES[trial.state]
        return tone === 'good' ? trial.state : { text: trial.state, tone }
      },
    },
    valueColumn(context.study.metric, false),
    ...metrics.map(metricColumn),
    epochsColumn,
    ...parameterColumns(context, trials),
    timeColumn,
  ]
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
    align: 'decimal',
    cell: (trial) => formatMetric(name, own(trial.metrics, name)),
    optional: true,
  }
}

function parameterColumns(context: StudyContext, trials: readonly TrialRecord[]): Column<TrialRecord>[] {
  const root = rootParameters(context.stages)
  return searchedParameters(context, trials).map((name) => {
    const distribution = own(root, name)
    const numeric = trials.every((trial) => ['number', 'undefined'].includes(typeof own(trial.params, name)))
    return {
      title: heading(name),
      align: numeric ? 'decimal' : 'left',
      cell: (trial) => formatParam(own(trial.params, name), distribution),
      maxWidth: 24,
      optional: true,
    }
  })
}

/** `trainAccuracy` for `validAccuracy`; null for a metric that is not one of a validation set. */
function trainingCounterpart(metric: string): string | null {
  return /^valid(ation)?/.test(metric) ? metric.replace(/^valid(ation)?/, 'train') : null
}
