import type { PreparedData } from '../data/prepared.ts'
import { UserError } from '../errors.ts'
import { checkMemory } from '../objective/classifier-memory.ts'
import { hashJson } from '../objective/fingerprint.ts'
import type { OpenOptions } from '../objective/kind.ts'
import { keepsNetwork, kindOf } from '../objective/kinds.ts'
import type { ClassifierSettings, ObjectiveSource } from '../objective/source.ts'
import { searchNotes } from '../search/search-notes.ts'
import type { Fingerprints } from '../store/store.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { withObjectiveSpace } from '../study-file/objective-space.ts'
import { placesOf } from '../study-file/places.ts'
import { fewStepsWarning } from './few-steps.ts'
import { epochsForTable } from './table-epochs.ts'

/** An experiment with its objective loaded, ready for the executors. */
export interface OpenedExperiment {
  /** With its whole space: that of an objective which brings its own is filled in. */
  readonly experiment: Experiment
  readonly source: ObjectiveSource
  readonly fingerprints: Fingerprints
  /** Null for an objective that reads its own. */
  readonly data: PreparedData | null
  /** What may go wrong and need not, a sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Reads and prepares what an experiment measures, and works out what identifies it.
 * @param options `signal` gives a long preparation up
 * @throws UserError('usage'); PreparationStopped
 */
export async function openExperiment(read: Experiment, options: OpenOptions = {}): Promise<OpenedExperiment> {
  const kind = kindOf(read.objective)
  const opened = await kind.open(read.objective, options).catch((error: unknown) => {
    throw withPlace(error, read)
  })
  const { settings, source, aim, space, fingerprint, data } = opened
  const { epochsOpen, ...decided } = read
  const { stages, remark } =
    epochsOpen === true && data !== null && keepsNetwork(settings)
      ? epochsForTable(settings.config, read.stages, data)
      : { stages: read.stages, remark: null }
  const resolved = { ...decided, ...aim, objective: settings, stages }
  const experiment = kind.bringsSpace ? withObjectiveSpace(resolved, space, placesOf(read)) : resolved
  const fingerprints = {
    data: data?.hash ?? null,
    objective: fingerprint,
    space: hashJson(experiment.space),
  }
  const warnings =
    data !== null && keepsNetwork(settings)
      ? [
          remark,
          checkMemory(settings.config, experiment.space, data),
          fewStepsWarning(settings.config, experiment.stages, data),
          stratifiedRemark(settings),
        ]
      : kind.bringsSpace
        ? searchNotes(experiment.space, experiment.stages)
        : []
  return { experiment, source, fingerprints, data, warnings: warnings.filter((text) => text !== null) }
}

/** A command that cannot be started is wrong where it is written. */
function withPlace(error: unknown, read: Experiment): unknown {
  if (!(error instanceof UserError) || error.where !== undefined) return error
  if (read.objective.kind !== 'command') return error
  const where = placesOf(read)(['objective', 'command'], 'value')
  return new UserError(error.code, error.message, { hint: error.hint, where, cause: error.cause })
}

/** Classes are only known to be none once the labels are read. */
function stratifiedRemark({ data: { split, task } }: ClassifierSettings): string | null {
  return split.stratified === true && task === 'regression'
    ? 'split.stratified has no effect: this study predicts a number, and there are no classes.'
    : null
}
