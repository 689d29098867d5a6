import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction, TimedMeasurement, TrialRecord, TrialState } from '../trial.ts'
import { decodeJson, encodeFlatRecord, encodeJson } from './exact-json.ts'
import { toNarrowDecision } from './narrowing-json.ts'
import type { NewStudy, StageRecord, StudyRecord, StudyState } from './store.ts'

/** A value as SQLite gives it back. */
export type Cell = number | string | null

export const STUDY_COLUMNS =
  'id, name, seed, direction, metric, lag, experiment, data_hash, objective_hash, space_hash, code_version, state, end_reason, created_at, finished_at, notes'

export type StudyRow = [
  id: number,
  name: string,
  seed: number,
  direction: Direction,
  metric: string,
  lag: number,
  experiment: string,
  dataHash: string | null,
  objectiveHash: string,
  spaceHash: string,
  codeVersion: string,
  state: StudyState,
  endReason: string | null,
  createdAt: number,
  finishedAt: number | null,
  notes: string,
]

export function toStudyRecord(row: StudyRow): StudyRecord {
  return {
    id: row[0],
    name: row[1],
    seed: row[2],
    direction: row[3],
    metric: row[4],
    lag: row[5],
    experiment: decodeJson(row[6]),
    fingerprints: { data: row[7], objective: row[8], space: row[9] },
    codeVersion: row[10],
    state: row[11],
    endReason: row[12],
    createdAt: row[13],
    finishedAt: row[14],
    notes: JSON.parse(row[15]) as string[],
  }
}

/** All columns of a new study but its id, in the order of STUDY_COLUMNS. */
export function toNewStudyCells(study: NewStudy, now: number): Cell[] {
  const { fingerprints } = study
  return [
    study.name,
    study.seed,
    study.direction,
    study.metric,
    study.lag,
    encodeJson(study.experiment ?? null),
    fingerprints.data,
    fingerprints.objective,
    fingerprints.space,
    study.codeVersion,
    'running',
    null,
    now,
    null,
    '[]',
  ]
}

export const STAGE_COLUMNS = 'stage, name, trials, epochs, sampler, first_trial, space, narrowing'

export type StageRow = [
  stage: number,
  name: string,
  trials: number,
  epochs: number,
  sampler: string,
  firstTrial: number,
  space: string,
  narrowing: string | null,
]

export function toStageRecord(row: StageRow): StageRecord {
  return {
    index: row[0],
    name: row[1],
    trials: row[2],
    epochs: row[3],
    sampler: row[4],
    firstTrial: row[5],
    space: decodeJson(row[6]) as SearchSpace,
    narrowing: row[7] === null ? null : toNarrowDecision(decodeJson(row[7])),
  }
}

export function toStageCells(stage: StageRecord): Cell[] {
  return [
    stage.index,
    stage.name,
    stage.trials,
    stage.epochs,
    stage.sampler,
    stage.firstTrial,
    encodeJson(stage.space),
    stage.narrowing === null ? null : encodeJson(stage.narrowing),
  ]
}

export const TRIAL_COLUMNS =
  'number, stage, state, value, params, seed, budget_epochs, continues, epochs, metrics, error_code, error_message, error_stack, attempts, arithmetic, host, started_at, duration_ms'

export type TrialRow = [
  number: number,
  stage: number,
  state: TrialState,
  value: number | null,
  params: string,
  seed: number,
  budgetEpochs: number,
  continues: number | null,
  epochs: number,
  metrics: string,
  errorCode: string | null,
  errorMessage: string | null,
  errorStack: string | null,
  attempts: number,
  arithmetic: string | null,
  host: string | null,
  startedAt: number | null,
  durationMs: number | null,
]

export function toTrialRecord(row: TrialRow): TrialRecord {
  return {
    number: row[0],
    stage: row[1],
    state: row[2],
    value: row[3],
    params: decodeJson(row[4]) as Params,
    seed: row[5],
    budget: { epochs: row[6] },
    continues: row[7],
    epochs: row[8],
    metrics: decodeJson(row[9]) as Record<string, number>,
    error: row[10] === null ? null : { code: row[10], message: row[11] ?? '', stack: row[12] },
    attempts: row[13],
    arithmetic: row[14],
    host: row[15],
    startedAt: row[16],
    durationMs: row[17],
  }
}

export function toTrialCells(trial: TrialRecord): Cell[] {
  const { error } = trial
  return [
    trial.number,
    trial.stage,
    trial.state,
    trial.value,
    encodeFlatRecord(trial.params),
    trial.seed,
    trial.budget.epochs,
    trial.continues,
    trial.epochs,
    encodeFlatRecord(trial.metrics),
    error === null ? null : error.code,
    error === null ? null : error.message,
    error === null ? null : error.stack,
    trial.attempts,
    trial.arithmetic,
    trial.host,
    trial.startedAt,
    trial.durationMs,
  ]
}

export type MeasurementRow = [step: number, value: number | null, metrics: string, seconds: number]

export function toMeasurement([step, value, metrics, seconds]: MeasurementRow): TimedMeasurement {
  return { step, value: value ?? Number.NaN, metrics: decodeJson(metrics) as Record<string, number>, seconds }
}
