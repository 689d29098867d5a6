import { shownChoice } from '../space/choice-text.ts'
import type { Distribution, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { Evaluation, StudyRecord } from '../store/store.ts'
import { shellWord } from '../text/shell-word.ts'
import { type TimedMeasurement, TRIAL_STATES, type TrialError, type TrialRecord } from '../trial.ts'
import { heading } from './names.ts'
import { formatDuration, formatMetric, formatMoment } from './numbers.ts'
import { type RungVerdict, verdictWords } from './rungs.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { testLines } from './test-lines.ts'
import { displayWidth, oneLine, padEnd, paint, type Span } from './text.ts'
import { metricNames, rootParameters, type StudyContext, stateText } from './trial-columns.ts'
import { evaluationRecordJson, measurementJson, stageName, studyHead, trialDetails } from './trial-json.ts'

/** All that is known of one trial. */
export interface ShownTrial extends StudyContext {
  readonly trial: TrialRecord
  readonly measurements: readonly TimedMeasurement[]
  readonly evaluations: readonly Evaluation[]
  /** How it compared at each rung of its stage that it came to. */
  readonly rungs: readonly RungVerdict[]
}

export function trialJson({ study, stages, trial, measurements, evaluations, rungs }: ShownTrial) {
  return {
    ...studyHead(study),
    trial: {
      ...trialDetails(trial, stages),
      measurements: measurements.map(measurementJson),
      evaluations: evaluations.map(evaluationRecordJson),
      rungs,
    },
  }
}

/** A trial for people: its params in full, where it comes from, and what it measured at each step. */
export function renderTrial(shown: ShownTrial, dbOption: string, layout: TableLayout): string {
  const { study, stages, trial, measurements, evaluations } = shown
  const root = rootParameters(stages)
  const value = trial.value === null ? '' : `, ${study.metric} ${formatMetric(study.metric, trial.value)}`
  const lines: Span[][] = [
    [
      { text: `${oneLine(study.name)}, trial ${trial.number}`, tone: 'strong' },
      ': ',
      { text: stateText(trial), tone: TRIAL_STATES[trial.state].tone },
      value,
    ],
    ...(trial.error === null ? [] : [[oneLine(trial.error.message)], ...details(trial.error)]),
    [''],
    ...pairs(Object.entries(trial.params).map(([name, param]) => [name, inFull(param, own(root, name))])),
    [''],
    ...pairs(facts(shown, dbOption)),
  ]
  const text = lines.map((line) => `${paint(line, layout.colour)}\n`).join('')
  const table = renderTable(measurementColumns(study.metric, measurements), measurements, layout).text
  const looks = testLines(evaluations, study.metric).map((line) => `${paint(line, layout.colour)}\n`)
  return [text, table, ...looks].filter((part) => part !== '').join('\n')
}

function inFull(value: ParamValue, distribution: Distribution | undefined): string {
  return distribution?.kind === 'categorical' ? shownChoice(distribution.choices, value) : String(value)
}

/** The stack of an error, or the end of a program's output, line by line. */
function details({ message, stack }: TrialError): Span[][] {
  if (stack === null) return []
  const lines = stack.split(/\r?\n/).map((line) => oneLine(line))
  // A stack begins with the error's name and message, which stand above it.
  const rest = lines[0]?.endsWith(oneLine(message).split('\n')[0]!) ? lines.slice(1) : lines
  return rest.map((line) => [{ text: `  ${line}`, tone: 'dim' }])
}

function facts({ study, stages, trial, rungs }: ShownTrial, dbOption: string): [string, string][] {
  const stage = `${stageName(trial.stage, stages)} (stage ${trial.stage + 1})`
  const begun =
    trial.startedAt === null
      ? trial.origin === null
        ? 'not yet'
        : 'not known'
      : formatMoment(trial.startedAt)
  const took = trial.durationMs === null ? '' : `, took ${formatDuration(trial.durationMs)}`
  const attempts = trial.attempts > 1 ? `, attempt ${trial.attempts}` : ''
  return [
    ['stage', stage],
    ['epochs', `${trial.epochs} of ${trial.budget.epochs}`],
    ...rungs.map((verdict): [string, string] => [
      `rung ${verdict.epoch}`,
      verdictWords(verdict, study.metric),
    ]),
    ['seed', String(trial.seed)],
    ...(trial.continues === null ? [] : [['continues', `trial ${trial.continues}`] as [string, string]]),
    ...(trial.origin === null ? [] : [['imported', `from ${trial.origin}`] as [string, string]]),
    ['begun', `${begun}${took}${attempts}${trial.host === null ? '' : `, on ${trial.host}`}`],
    ...(trial.arithmetic === null ? [] : [['arithmetic', trial.arithmetic] as [string, string]]),
    ...(trial.origin === null ? [replayLine(study, trial, dbOption)] : []),
  ]
}

function replayLine(study: StudyRecord, trial: TrialRecord, dbOption: string): [string, string] {
  return ['replay', `finesweep replay ${shellWord(study.name)} ${trial.number}${dbOption}`]
}

function measurementColumns(
  metric: string,
  measurements: readonly TimedMeasurement[],
): Column<TimedMeasurement>[] {
  const others = metricNames(measurements).filter((name) => name !== metric)
  const measured = ({ metrics, value }: TimedMeasurement): number => own(metrics, metric) ?? value
  // An objective may rank by the best epoch so far, which is not what it measured at each.
  const differs = measurements.some((each) => measured(each) !== each.value)
  const ranked: Column<TimedMeasurement> = {
    title: 'RANKED BY',
    align: 'decimal',
    cell: ({ value }) => formatMetric(metric, value),
  }
  return [
    { title: 'STEP', align: 'right', cell: ({ step }) => String(step) },
    { title: heading(metric), align: 'decimal', cell: (each) => formatMetric(metric, measured(each)) },
    ...(differs ? [ranked] : []),
    ...others.map(
      (name): Column<TimedMeasurement> => ({
        title: heading(name),
        fullTitle: `metrics.${name}`,
        align: 'decimal',
        cell: ({ metrics }) => formatMetric(name, own(metrics, name)),
        optional: true,
      }),
    ),
    { title: 'TIME', align: 'right', cell: ({ seconds }) => formatDuration(seconds * 1000) },
  ]
}

/** Names and texts below each other. */
function pairs(entries: readonly (readonly [string, string])[]): Span[][] {
  const width = Math.max(0, ...entries.map(([name]) => displayWidth(oneLine(name))))
  return entries.map(([name, text]) => [
    '  ',
    { text: padEnd(oneLine(name), width), tone: 'dim' },
    `  ${oneLine(text)}`,
  ])
}
