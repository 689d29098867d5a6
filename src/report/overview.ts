import type { Evaluation, Lease, StageRecord, StudyReader, StudyRecord, StudyState } from '../store/store.ts'
import { FINISHED_STATES, TRIAL_STATES, type TrialRecord, type TrialState } from '../trial.ts'
import { type FailingStage, failingSentence, readFailingStages } from './failing-stages.ts'
import { countOf, formatCount, formatDuration, formatMetric, formatMoment, NO_VALUE } from './numbers.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { testLines } from './test-lines.ts'
import { oneLine, paint, type Span } from './text.ts'
import { readRunningTimes, readTotals, type Totals } from './totals.ts'
import { evaluationRecordJson, isoMoment, SCHEMA_VERSION, studyDetails, trialSummary } from './trial-json.ts'
import { nextTurn, wayOn } from './way-on.ts'

/**
 * The state of a study, where one whose process is gone does not count as running. One that is `open` needs no process:
 * its trials are asked for and told.
 */
export type Activity = StudyState | 'interrupted' | 'open'

/** A study at a glance. */
export interface StudyOverview {
  readonly study: StudyRecord
  readonly activity: Activity
  readonly lease: Lease | undefined
  readonly stages: readonly StageRecord[]
  readonly totals: Totals
  readonly counts: Readonly<Record<TrialState, number>>
  readonly finished: number
  /** How many trials it is to have, as far as that is decided. */
  readonly trials: number
  readonly best: TrialRecord | undefined
  /** How long its trials ran, pauses left out; null while none has ended. */
  readonly durationMs: number | null
}

export function overviewOf(reader: StudyReader, study: StudyRecord): StudyOverview {
  const stages = reader.stages(study.id)
  const totals = readTotals(reader, study.id).all
  const { counts, finished } = totals
  const lease = reader.lease(study.id)
  return {
    study,
    activity: activityWith(study, lease),
    lease,
    stages,
    totals,
    counts,
    finished,
    trials: Math.max(
      finished,
      planOf(study, stages).reduce((sum, stage) => sum + stage.trials, 0),
    ),
    best: reader.bestTrials(study.id, 1)[0],
    durationMs: readRunningTimes(reader, study.id).all,
  }
}

function activityWith(study: StudyRecord, lease: Lease | undefined): Activity {
  if (study.state !== 'running' || lease !== undefined) return study.state
  return nextTurn(study) === 'ask' ? 'open' : 'interrupted'
}

/** An overview as `studies --json` has it. */
export function overviewJson({ study, activity, trials, counts, best, durationMs }: StudyOverview) {
  return {
    ...studyDetails(study),
    activity,
    trials,
    counts,
    best: best === undefined ? null : { number: best.number, value: best.value },
    durationMs,
  }
}

/** A study with each of its stages, for `status`. */
export interface StudyStatus extends StudyOverview {
  readonly stageStatus: readonly StageStatus[]
  readonly evaluations: readonly Evaluation[]
  /** Stages in which most trials failed. */
  readonly failing: readonly FailingStage[]
}

export interface StageStatus {
  readonly name: string
  readonly trials: number
  readonly epochs: number
  readonly counts: Readonly<Record<TrialState, number>>
  /** Numbers of the trials that run, or ran when their process ended. */
  readonly running: readonly number[]
  readonly best: TrialRecord | undefined
}

export function readStatus(reader: StudyReader, study: StudyRecord): StudyStatus {
  const overview = overviewOf(reader, study)
  const running = reader.trials(study.id, { states: ['running'] })
  const stageStatus = planOf(study, overview.stages).map(({ name, trials, epochs }, index): StageStatus => {
    const numbers = running.filter((trial) => trial.stage === index).map((trial) => trial.number)
    const counts = reader.countTrials(study.id, index)
    const best = index < overview.stages.length ? reader.bestTrials(study.id, 1, index)[0] : undefined
    return { name, trials, epochs, counts, running: numbers, best }
  })
  const failing = readFailingStages(
    reader,
    study.id,
    overview.stages.map((record) => ({ record, counts: stageStatus[record.index]!.counts })),
  )
  return { ...overview, stageStatus, evaluations: reader.evaluations(study.id), failing }
}

export function statusJson(status: StudyStatus) {
  const { study, stages, lease, best, evaluations } = status
  return {
    schemaVersion: SCHEMA_VERSION,
    study: study.name,
    ...overviewJson(status),
    lease:
      lease === undefined
        ? null
        : { ...lease, since: isoMoment(lease.since), heartbeatAt: isoMoment(lease.heartbeatAt) },
    finished: status.finished,
    stages: status.stageStatus.map((stage) => ({
      name: stage.name,
      trials: stage.trials,
      epochs: stage.epochs,
      counts: stage.counts,
      running: stage.running,
      best: stage.best === undefined ? null : { number: stage.best.number, value: stage.best.value },
    })),
    best: best === undefined ? null : trialSummary(best, stages),
    failing: status.failing,
    evaluations: evaluations.map(evaluationRecordJson),
  }
}

/** @param now milliseconds since the epoch; @param dbOption ` --db F` if the command to come needs it, else empty */
export function renderStatus(
  status: StudyStatus,
  now: number,
  dbOption: string,
  layout: TableLayout,
): string {
  const { study, lease, activity, finished, trials } = status
  const lines: Span[][] = [
    ...status.failing.map((stage): Span[] => [{ text: `${failingSentence(stage)}.`, tone: 'bad' }]),
    [
      { text: oneLine(study.name), tone: 'strong' },
      ': ',
      activityOf(status),
      `, ${formatCount(finished)} of ${countOf(trials, 'trial')}`,
    ],
  ]
  const begun = `started ${formatMoment(study.createdAt)}`
  if (lease !== undefined) {
    lines.push([
      `${begun}, running as pid ${lease.pid} on ${oneLine(lease.host)} for ${formatDuration(now - lease.since)}`,
    ])
  } else if (status.durationMs !== null) {
    lines.push([`${begun}, ran for ${formatDuration(status.durationMs)}`])
  } else lines.push([begun])
  if (study.endReason !== null) lines.push([oneLine(study.endReason)])
  if (activity === 'interrupted' || activity === 'stopped') {
    lines.push([{ text: wayOn(study, dbOption), tone: 'warning' }])
  }
  if (activity === 'open') {
    const { running } = status.counts
    lines.push([`${running === 0 ? '' : `${countOf(running, 'trial')} pending. `}${wayOn(study, dbOption)}`])
  }
  if (study.comment !== null) lines.push([oneLine(study.comment)])
  if (study.tags.length > 0) lines.push([`tags: ${oneLine(study.tags.join(', '))}`])
  for (const note of study.notes) lines.push([`note: ${oneLine(note)}`])
  const running = status.stageStatus.flatMap((stage) => stage.running)
  if (running.length > 0 && lease !== undefined) {
    const numbers = running.slice(0, 16).join(', ') + (running.length > 16 ? ', …' : '')
    lines.push([`now running: ${running.length === 1 ? 'trial' : 'trials'} ${numbers}`])
  }
  const table = renderTable(stageColumns(status), status.stageStatus, layout).text
  const looks = testLines(status.evaluations, study.metric)
  const text = (some: readonly Span[][]) => some.map((line) => `${paint(line, layout.colour)}\n`).join('')
  return [text(lines), table, text(looks)].filter((part) => part !== '').join('\n')
}

function activityOf({ activity }: StudyOverview): Span {
  if (activity === 'complete') return { text: activity, tone: 'good' }
  return activity === 'running' || activity === 'open' ? activity : { text: activity, tone: 'warning' }
}

function stageColumns({ study: { metric }, stages, counts }: StudyStatus): Column<StageStatus>[] {
  const prunes = counts.pruned > 0 || stages.some(({ rungs }) => rungs !== null)
  const counted = (title: string, state: TrialState): Column<StageStatus> => ({
    title,
    align: 'right',
    cell: ({ counts }) => {
      const text = String(counts[state])
      const { tone } = TRIAL_STATES[state]
      return counts[state] > 0 && tone === 'bad' ? { text, tone } : text
    },
  })
  return [
    { title: 'STAGE', align: 'left', cell: ({ name }) => name, maxWidth: 24 },
    { title: 'EPOCHS', align: 'right', cell: ({ epochs }) => String(epochs) },
    {
      title: 'FINISHED',
      align: 'right',
      cell: ({ counts, trials }) =>
        `${FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0)}/${trials}`,
    },
    counted('RUNNING', 'running'),
    ...(prunes ? [counted('PRUNED', 'pruned')] : []),
    counted('DIVERGED', 'diverged'),
    counted('FAILED', 'failed'),
    { title: 'BEST', align: 'decimal', cell: ({ best }) => formatMetric(metric, best?.value) },
    {
      title: 'TRIAL',
      align: 'right',
      cell: ({ best }) => (best === undefined ? NO_VALUE : String(best.number)),
    },
  ]
}

interface PlannedStage {
  readonly name: string
  readonly trials: number
  readonly epochs: number
}

/** The stages that have begun say it best; those to come are in the experiment. */
function planOf(study: StudyRecord, begun: readonly StageRecord[]): PlannedStage[] {
  const experiment = study.experiment as { stages?: readonly Partial<PlannedStage>[] } | null
  const planned = Array.isArray(experiment?.stages) ? experiment.stages : []
  return Array.from({ length: Math.max(planned.length, begun.length) }, (_, index) => {
    const { name = `stage ${index + 1}`, trials = 0, epochs = 0 } = begun[index] ?? planned[index] ?? {}
    return { name, trials, epochs }
  })
}
