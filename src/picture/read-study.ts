import { importanceOf } from '../report/importance.ts'
import { decisionClause } from '../report/narrow-words.ts'
import { own } from '../space/own.ts'
import type { StageRecord, StudyReader, StudyRecord } from '../store/store.ts'
import type { TrialRecord } from '../trial.ts'
import type { PictureOptions } from './options.ts'
import { type Curve, chooseCurves, type PictureStage, type PictureStudy, type PictureTrial } from './study.ts'

/** Reads a study for its pictures. Curves are read of a share of the trials alone: see `chooseCurves`. */
export function readPictureStudy(
  reader: StudyReader,
  study: StudyRecord,
  options: PictureOptions = {},
): PictureStudy {
  const records = reader.trials(study.id)
  const trials = records.map(pictureTrial)
  const curves = chooseCurves(trials, study.direction, options).map((trial) =>
    readCurve(reader, study.id, trial),
  )
  const stages = reader.stages(study.id)
  return {
    name: study.name,
    direction: study.direction,
    metric: study.metric,
    stages: stages.map(pictureStage),
    trials,
    importance: sharesOf(study, stages, records),
    curves: curves.filter(({ steps }) => steps.length > 0),
  }
}

/** How much each parameter mattered by now; null with too few trials. */
export function readImportance(reader: StudyReader, study: StudyRecord): PictureStudy['importance'] {
  return sharesOf(study, reader.stages(study.id), reader.trials(study.id))
}

export function readCurve(reader: StudyReader, study: number, trial: number): Curve {
  const measurements = reader.measurements(study, trial)
  const names = [...new Set(measurements.flatMap(({ metrics }) => Object.keys(metrics)))]
  return {
    trial,
    steps: measurements.map(({ step }) => step),
    values: measurements.map(({ value }) => value),
    metrics: Object.fromEntries(
      names.map((name) => [name, measurements.map(({ metrics }) => finite(own(metrics, name)))]),
    ),
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

function sharesOf(
  study: StudyRecord,
  stages: readonly StageRecord[],
  trials: readonly TrialRecord[],
): PictureStudy['importance'] {
  const found = importanceOf(study, stages, trials).parameters
  return (
    found?.map(({ name, whole, here }) => ({
      name,
      whole: whole.main,
      here: here?.main ?? null,
      total: whole.total,
      withOthers: whole.withOthers,
    })) ?? null
  )
}

export function pictureTrial(trial: TrialRecord): PictureTrial {
  return {
    number: trial.number,
    stage: trial.stage,
    state: trial.state,
    value: trial.value,
    epochs: trial.epochs,
    budget: trial.budget,
    tie: trial.tie,
    params: trial.params,
    startedAt: trial.startedAt,
    durationMs: trial.durationMs,
    slot: trial.slot,
    host: trial.host === null ? null : numberOf(trial.host),
    imported: trial.origin !== null,
    error: trial.error?.message ?? null,
  }
}

/** A number that stands for a machine, the same in each part of a study that is read while it runs (FNV-1a). */
function numberOf(host: string): number {
  let hash = 0x811c9dc5
  for (const char of host) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}

export function pictureStage(stage: StageRecord): PictureStage {
  const { index, name, trials, epochs, sampler, firstTrial, space, narrowing } = stage
  return {
    index,
    name,
    trials,
    epochs,
    sampler,
    firstTrial,
    space,
    narrowing:
      narrowing === null
        ? null
        : {
            elite: narrowing.elite,
            rootShare: narrowing.rootShare,
            parameters: narrowing.parameters.map((parameter) => ({
              name: parameter.name,
              action: parameter.action,
              before: parameter.before,
              after: parameter.after,
              reason: decisionClause(parameter),
            })),
          },
  }
}
