import { compareTrials, hasValue } from '../search/rank.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { Params } from '../space/distribution.ts'
import { addInterval } from '../store/running-time.ts'
import type { Interval, StageRecord, StudyRecord } from '../store/store.ts'
import type { StudyEvent } from '../study/events.ts'
import type { TrialRecord } from '../trial.ts'

/** A trial that runs now. */
export interface RunningTrial {
  readonly number: number
  readonly params: Params
  /** Its budget. */
  readonly epochs: number
  /** Its last measurement's step and value; 0 and null before the first. */
  readonly step: number
  readonly value: number | null
}

/** The best trial so far. */
export type BestTrial = TrialRecord & { readonly value: number }

/** The stage that runs now. */
export interface StageProgress {
  readonly record: StageRecord
  /** How many of its trials are finished; those of an earlier process count. */
  readonly finished: number
  /** How many of those an earlier process finished. */
  readonly finishedBefore: number
  /** The following count this process alone. */
  readonly epochs: number
  readonly diverged: number
  readonly failed: number
  /** On the listener's clock, in milliseconds. */
  readonly startedAt: number
  /** When its trials ran, by their records and without pauses; empty before one has ended. */
  readonly ran: readonly Interval[]
}

/** All that a picture of a running study needs; what has happened, and nothing of how it is drawn. */
export interface ProgressState {
  readonly study: StudyRecord | null
  readonly plans: readonly StagePlan[]
  readonly workers: number
  /** The machine that decides and stores; empty before the study has begun. */
  readonly host: string
  /** Where trials of this process have finished, each once. */
  readonly hosts: readonly string[]
  /** When this process began with the study, on the listener's clock. */
  readonly startedAt: number
  readonly stage: StageProgress | null
  /** The stage that ended last, for the sentence between two stages. */
  readonly previous: StageProgress | null
  /** In order of their start. */
  readonly running: readonly RunningTrial[]
  /** How many of the study's trials are finished, those of an earlier process too. */
  readonly finished: number
  readonly diverged: number
  readonly failed: number
  readonly best: BestTrial | null
  /** Budgets of the trials that this process finished, in epochs: a trial that ended early has spent its turn. */
  readonly spentEpochs: number
}

export const NOTHING_YET: ProgressState = {
  study: null,
  plans: [],
  workers: 0,
  host: '',
  hosts: [],
  startedAt: 0,
  stage: null,
  previous: null,
  running: [],
  finished: 0,
  diverged: 0,
  failed: 0,
  best: null,
  spentEpochs: 0,
}

/** What the state is after an event. @param now milliseconds on any clock that only goes forward */
export function advanceProgress(state: ProgressState, event: StudyEvent, now: number): ProgressState {
  switch (event.kind) {
    case 'study-started': {
      const begun: ProgressState = {
        ...NOTHING_YET,
        study: event.study,
        plans: event.stages,
        workers: event.workers,
        host: event.host,
        finished: event.finished,
        startedAt: now,
      }
      return { ...begun, best: event.best === null ? null : betterOf(begun, event.best) }
    }
    case 'stage-started':
      return {
        ...state,
        stage: {
          record: event.stage,
          finished: event.finished,
          finishedBefore: event.finished,
          epochs: 0,
          diverged: 0,
          failed: 0,
          startedAt: now,
          ran: [],
        },
      }
    case 'trial-started': {
      const { number, params, budget } = event.spec
      const begun: RunningTrial = { number, params, epochs: budget.epochs, step: 0, value: null }
      return { ...state, running: [...without(state.running, number), begun] }
    }
    case 'measured': {
      const { step, value } = event.measurement
      const running = state.running.map((trial) =>
        trial.number === event.trial ? { ...trial, step, value } : trial,
      )
      return { ...state, running }
    }
    case 'trial-retried':
      return { ...state, running: without(state.running, event.trial) }
    case 'trial-finished':
      return finishTrial(state, event.record)
    case 'stage-finished':
      return {
        ...state,
        previous: state.stage,
      }
    case 'study-finished':
      return { ...state, running: [] }
  }
}

function finishTrial(state: ProgressState, record: TrialRecord): ProgressState {
  const diverged = record.state === 'diverged' ? 1 : 0
  const failed = record.state === 'failed' ? 1 : 0
  const { stage } = state
  return {
    ...state,
    running: without(state.running, record.number),
    finished: state.finished + 1,
    hosts:
      record.host === null || state.hosts.includes(record.host) ? state.hosts : [...state.hosts, record.host],
    diverged: state.diverged + diverged,
    failed: state.failed + failed,
    best: betterOf(state, record),
    spentEpochs: state.spentEpochs + record.budget.epochs,
    stage: stage && {
      ...stage,
      finished: stage.finished + 1,
      epochs: stage.epochs + record.epochs,
      diverged: stage.diverged + diverged,
      failed: stage.failed + failed,
      ran: ranWith(stage.ran, record),
    },
  }
}

function ranWith(ran: readonly Interval[], { startedAt, durationMs }: TrialRecord): readonly Interval[] {
  return startedAt === null ? ran : addInterval(ran, [startedAt, startedAt + (durationMs ?? 0)])
}

function betterOf({ study, best }: ProgressState, record: TrialRecord): BestTrial | null {
  if (!hasResult(record)) return best
  const direction = study?.direction ?? 'maximize'
  return best === null || compareTrials(record, best, direction) < 0 ? record : best
}

function hasResult(record: TrialRecord): record is BestTrial {
  return hasValue(record)
}

/** Epochs a second, over all workers, since this process began; null while there is nothing to go by. */
export function epochRate(state: ProgressState, now: number): number | null {
  const done = state.spentEpochs + runningEpochs(state)
  const seconds = (now - state.startedAt) / 1000
  return done > 0 && seconds >= 1 ? done / seconds : null
}

/** How long the rest of the study takes at the present rate, in milliseconds; null while unknown. */
export function timeLeftMs(state: ProgressState, now: number): number | null {
  const rate = epochRate(state, now)
  const { stage, plans } = state
  if (rate === null || stage === null || state.study === null) return null
  const { record, finished } = stage
  const here = Math.max(0, record.trials - finished) * record.epochs - runningEpochs(state)
  const later = plans.slice(record.index + 1).reduce((sum, plan) => sum + plan.trials * plan.epochs, 0)
  return (Math.max(0, here + later) / rate) * 1000
}

function runningEpochs({ running }: ProgressState): number {
  return running.reduce((sum, { step, epochs }) => sum + Math.min(step, epochs), 0)
}

function without(running: readonly RunningTrial[], number: number): RunningTrial[] {
  return running.filter((trial) => trial.number !== number)
}
