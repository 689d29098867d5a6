import { UserError } from '../errors.ts'
import { type FittedTrial, fitTrials } from '../import/fit-trials.ts'
import type { GivenTrials } from '../import/given-trial.ts'
import { freeName, IMPORTED_SAMPLER, importedStage, isImported } from '../search/imported-stages.ts'
import { REPLICATE_SAMPLER } from '../search/replication.ts'
import type { ImportedTrial, StageRecord, StudyRecord, StudyWriter } from '../store/store.ts'
import { finishedTrial, startedTrial } from '../store/trial-life.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentFromJson, experimentToJson } from '../study-file/experiment-json.ts'
import type { TrialNumber, TrialRecord } from '../trial.ts'

export interface ImportSettings {
  /** The epochs of trials whose source does not say; null for those of the study's last stage. */
  readonly epochs: number | null
  /** Whether the first stage that draws is narrowed by the imported trials. */
  readonly narrow: boolean
}

/** What an import did. */
export interface ImportResult {
  readonly trials: readonly TrialRecord[]
  /** The names of the stages that they form, one for each number of epochs. */
  readonly stages: readonly string[]
  /** Whether the study stays complete: it goes on with more trials alone. */
  readonly isComplete: boolean
  /** What was dropped, ignored or assumed, a sentence each, without its full stop. */
  readonly remarks: readonly string[]
}

/**
 * Adds trials from elsewhere to a study, in stages of their own before the stages that are still to come. Samplers learn
 * from them as from all earlier trials; the study's box does not change by them, unless asked. All or nothing is stored.
 * @param study its lease is held by the store
 * @throws UserError('usage') if a stage is under way, and as `fitTrials` does
 */
export function importTrials(
  store: StudyWriter,
  study: StudyRecord,
  source: GivenTrials,
  settings: ImportSettings,
): ImportResult {
  const experiment = experimentFromJson(study.experiment, study.name)
  const begun = store.stages(study.id)
  refuseUnderWay(store, study, begun, settings)
  const { groups, remarks } = fitTrials(source, {
    space: experiment.space,
    direction: experiment.direction,
    epochs: usualEpochs(experiment, settings.epochs),
  })
  const stages = [...experiment.stages]
  const records: StageRecord[] = []
  const imported: ImportedTrial[] = []
  let number = begun.reduce(
    (next, stage) => Math.max(next, stage.firstTrial + countOf(store, study, stage)),
    0,
  )
  for (const [offset, { epochs, trials }] of groups.entries()) {
    const index = begun.length + offset
    const name = freeName(
      IMPORTED_SAMPLER,
      stages.map((stage) => stage.name),
    )
    stages.splice(index, 0, importedStage(name, trials.length, epochs, settings.narrow))
    records.push({
      index,
      name,
      trials: trials.length,
      epochs,
      sampler: IMPORTED_SAMPLER,
      firstTrial: number,
      space: experiment.space,
      narrowing: null,
      rungs: null,
    })
    for (const trial of trials) {
      imported.push(recordOf(trial, study, { number: number++, stage: index, epochs }, source.name))
    }
  }
  const whole = { ...experiment, stages }
  store.importTrials(study.id, imported, { experiment: experimentToJson(whole), stages: records })
  store.addNote(study.id, `imported ${imported.length} trials from ${source.name}`)
  const isOver = stages.slice(begun.length).every(isImported) && study.state === 'complete'
  store.finishStudy(
    study.id,
    isOver ? 'complete' : 'stopped',
    isOver ? study.endReason : 'trials were imported',
  )
  return {
    trials: imported.map(({ record }) => record),
    stages: records.map(({ name }) => name),
    isComplete: isOver,
    remarks,
  }
}

/** A stage's trials are a function of its seed and of what was there when it began: nothing is added in between. */
function refuseUnderWay(
  store: StudyWriter,
  study: StudyRecord,
  begun: readonly StageRecord[],
  { narrow }: ImportSettings,
): void {
  const last = begun.findLast((stage) => !isImported(stage))
  if (last === undefined) return
  if (narrow) {
    throw new UserError('usage', 'Only a study that has not started can be narrowed to imported trials', {
      hint: 'This one narrows its stages by its own trials: import without narrow.',
    })
  }
  const { running, waiting } = store.countTrials(study.id, last.index)
  const isOver = study.state === 'complete' || begun.at(-1)!.index > last.index
  if (last.sampler === REPLICATE_SAMPLER) {
    throw new UserError(
      'usage',
      `Stage ${last.name} of "${study.name}" reran the best trials: no stage can follow it`,
      {
        hint: 'Import into a new study, with another name.',
      },
    )
  }
  if (running + waiting === 0 && (isOver || countOf(store, study, last) >= last.trials)) return
  throw new UserError('usage', `Stage ${last.name} of "${study.name}" is under way`, {
    hint: 'Finish it first, or import into a new study, with another name.',
  })
}

function countOf(store: StudyWriter, study: StudyRecord, { index }: StageRecord): number {
  return Object.values(store.countTrials(study.id, index)).reduce((sum, count) => sum + count, 0)
}

function usualEpochs({ stages }: Experiment, given: number | null): { count: number; from: string | null } {
  if (given !== null) return { count: given, from: null }
  const last = stages.findLast((stage) => !isImported(stage))!
  return { count: last.epochs, from: last.epochs === 1 ? null : last.name }
}

function recordOf(
  { given, state, params, value, epochs, measurements }: FittedTrial,
  { tieMetric }: StudyRecord,
  place: { readonly number: TrialNumber; readonly stage: number; readonly epochs: number },
  source: string,
): ImportedTrial {
  const { number, stage } = place
  const running = startedTrial(
    { state: 'waiting', attempts: 0 },
    { number, stage, params, seed: given.seed, budget: { epochs: place.epochs }, continues: null },
    { host: '', slot: null },
    0,
  )
  const error = given.error ?? (state === 'failed' || state === 'diverged' ? `It ${state} elsewhere` : null)
  const outcome = {
    state,
    measurements,
    artifact: null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    error:
      error === null
        ? null
        : { message: error, code: state === 'diverged' ? 'diverged' : 'imported', stack: null },
    durationMs: 0,
  }
  const record: TrialRecord = {
    ...finishedTrial(running, outcome, tieMetric),
    value,
    epochs,
    metrics: given.metrics,
    host: null,
    // No time that this study took.
    startedAt: null,
    durationMs: null,
    origin: `${source}, ${given.label}`,
  }
  return { record, measurements }
}
