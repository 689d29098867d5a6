import type { Params } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Direction, TieMetric, TimedMeasurement, TrialRecord, TrialState } from '../trial.ts'
import { type Cell, checkedText, checksumOfText, DamagedRowError } from './checksum.ts'
import { decodeJson, encodeFlatRecord, encodeJson } from './exact-json.ts'
import { toNarrowDecision } from './narrowing-json.ts'
import type { NewStudy, Rungs, StageRecord, StudyRecord, StudyState } from './store.ts'

export const STUDY_COLUMNS =
  'id, name, seed, direction, metric, lag, experiment, data_hash, objective_hash, space_hash, code_version, state, end_reason, created_at, finished_at, notes, tie, origin, comment, tags, checksum'

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
  tie: string | null,
  origin: string | null,
  comment: string | null,
  tags: string,
  checksum: number | null,
]

export function toStudyRecord(row: StudyRow): StudyRecord {
  checkRow(row, [], `the record of study ${JSON.stringify(row[1])}`)
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
    tieMetric: row[16] === null ? null : (JSON.parse(row[16]) as TieMetric),
    origin: row[17],
    comment: row[18],
    tags: JSON.parse(row[19]) as string[],
  }
}

/** All columns of a new study but its id and its checksum, in the order of STUDY_COLUMNS. */
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
    study.tieMetric === null ? null : JSON.stringify(study.tieMetric),
    study.origin ?? null,
    null,
    '[]',
  ]
}

export const STAGE_COLUMNS =
  'stage, name, trials, epochs, sampler, first_trial, space, narrowing, rungs, checksum'

export type StageRow = [
  stage: number,
  name: string,
  trials: number,
  epochs: number,
  sampler: string,
  firstTrial: number,
  space: string,
  narrowing: string | null,
  rungs: string | null,
  checksum: number | null,
]

export function toStageRecord(study: number, row: StageRow): StageRecord {
  checkRow(row, [study], `the record of stage ${row[0] + 1}`)
  return {
    index: row[0],
    name: row[1],
    trials: row[2],
    epochs: row[3],
    sampler: row[4],
    firstTrial: row[5],
    space: decodeJson(row[6]) as SearchSpace,
    narrowing: row[7] === null ? null : toNarrowDecision(decodeJson(row[7])),
    rungs: row[8] === null ? null : (JSON.parse(row[8]) as Rungs),
  }
}

/** All columns of a stage with its checksum. */
export function toStageCells(study: number, stage: StageRecord): Cell[] {
  return sealed(
    [study],
    [
      stage.index,
      stage.name,
      stage.trials,
      stage.epochs,
      stage.sampler,
      stage.firstTrial,
      encodeJson(stage.space),
      stage.narrowing === null ? null : encodeJson(stage.narrowing),
      stage.rungs === null ? null : JSON.stringify(stage.rungs),
    ],
  )
}

export const TRIAL_COLUMNS =
  'number, stage, state, value, tie, params, seed, budget_epochs, continues, epochs, metrics, error_code, error_message, error_stack, attempts, arithmetic, host, slot, origin, started_at, duration_ms, measured, checksum'

export type TrialRow = [
  number: number,
  stage: number,
  state: TrialState,
  value: number | null,
  tie: number | null,
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
  slot: number | null,
  origin: string | null,
  startedAt: number | null,
  durationMs: number | null,
  measured: number | null,
  checksum: number | null,
]

export function toTrialRecord(row: TrialRow): TrialRecord {
  return {
    number: row[0],
    stage: row[1],
    state: row[2],
    value: row[3],
    tie: row[4],
    params: decodeJson(row[5]) as Params,
    seed: row[6],
    budget: { epochs: row[7] },
    continues: row[8],
    epochs: row[9],
    metrics: decodeJson(row[10]) as Record<string, number>,
    error: row[11] === null ? null : { code: row[11], message: row[12] ?? '', stack: row[13] },
    attempts: row[14],
    arithmetic: row[15],
    host: row[16],
    slot: row[17],
    origin: row[18],
    startedAt: row[19],
    durationMs: row[20],
  }
}

/** All columns of a trial with its checksum. @param measured the checksum of its measurements; null until it has finished */
export function toTrialCells(study: number, trial: TrialRecord, measured: number | null): Cell[] {
  const { error } = trial
  return sealed(
    [study],
    [
      trial.number,
      trial.stage,
      trial.state,
      trial.value,
      trial.tie,
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
      trial.slot,
      trial.origin,
      trial.startedAt,
      trial.durationMs,
      measured,
    ],
  )
}

export type MeasurementRow = [step: number, value: number | null, metrics: string, seconds: number]

export function toMeasurement([step, value, metrics, seconds]: MeasurementRow): TimedMeasurement {
  return { step, value: value ?? Number.NaN, metrics: decodeJson(metrics) as Record<string, number>, seconds }
}

/** The cells as SQLite gives them back: it has no NaN, and no -0 in a column of numbers alone. */
export function toMeasurementCells({ step, value, metrics, seconds }: TimedMeasurement): MeasurementRow {
  return [step, Number.isNaN(value) ? null : value, encodeFlatRecord(metrics), seconds + 0]
}

/** The checksum over a trial's measurements in order of step. */
export function checksumOfMeasurements(rows: readonly MeasurementRow[]): number {
  let text = ''
  for (const row of rows) text += checkedText(row)
  return checksumOfText(text)
}

/** @param key cells before the row's own that count in its checksum. @throws DamagedRowError */
export function checkRow(row: readonly Cell[], key: readonly Cell[], what: string): void {
  if (!isIntact(row, key)) throw new DamagedRowError(what)
}

/** Whether a row that ends with its checksum is what was written; true if it has none. */
export function isIntact(row: readonly Cell[], key: readonly Cell[]): boolean {
  const checksum = row.at(-1)
  return checksum === null || checksum === checksumOfText(checkedText(key) + checkedText(row, row.length - 1))
}

/** The cells with their checksum at the end. */
export function sealed(key: readonly Cell[], cells: readonly Cell[]): Cell[] {
  return [...cells, checksumOfText(checkedText(key) + checkedText(cells))]
}
