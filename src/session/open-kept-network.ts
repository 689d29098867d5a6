import { UserError } from '../errors.ts'
import { type KeptNetwork, keptArtifact } from '../model/kept-network.ts'
import { keepsNetwork, kindOf } from '../objective/kinds.ts'
import type { StudyReader, StudyRecord } from '../store/store.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { decodeNetwork } from '../train/saved-network.ts'
import type { TrialRecord } from '../trial.ts'
import { openExperiment } from './open-experiment.ts'
import { refuseDifferences } from './refuse-differences.ts'

/**
 * Opens a kept network and the data of its study, as it saw them.
 * @throws UserError if it is no classifier's, was not kept, or the data have changed.
 */
export async function openKeptNetwork(
  reader: StudyReader,
  study: StudyRecord,
  trial: TrialRecord,
  cacheFolder: string,
): Promise<KeptNetwork> {
  const experiment = experimentFromJson(study.experiment, study.name)
  if (!keepsNetwork(experiment.objective)) {
    throw new UserError(
      'usage',
      `Study "${study.name}" does not train the built-in network: its objective is ${kindOf(experiment.objective).noun}`,
    )
  }
  const saved = decodeNetwork(keptArtifact(reader, study, trial), `the network of trial ${trial.number}`)
  const opened = await openExperiment(experiment, { cacheFolder })
  refuseDifferences(study, opened, false)
  const { config, data: settings } = experiment.objective
  return { study, trial, saved, data: opened.data!, settings, arithmetic: config.training.arithmetic }
}
