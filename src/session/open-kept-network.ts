import { decodeFit, type FittedData, fittedData } from '../data/fitted-data.ts'
import { UserError } from '../errors.ts'
import { type KeptNetwork, keptArtifact } from '../model/kept-network.ts'
import { keepsNetwork, kindOf } from '../objective/kinds.ts'
import type { StudyReader, StudyRecord } from '../store/store.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentFromJson } from '../study-file/experiment-json.ts'
import { decodeNetwork } from '../train/saved-network.ts'
import type { TrialRecord } from '../trial.ts'
import { openExperiment } from './open-experiment.ts'

/**
 * Opens a kept network with what was fitted on its study's data. The data themselves are read only for a network of an
 * earlier version, which was kept without all of that.
 * @throws UserError if it is no classifier's or was not kept, or if data that are needed are gone or have changed.
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
  const data =
    decodeFit({ tensors: saved.further, notes: saved.notes }) ??
    (await fittedAnew(study, experiment, cacheFolder))
  const { config, data: settings } = experiment.objective
  return { study, trial, saved, data, settings, arithmetic: config.training.arithmetic }
}

/** What was fitted on the data, fitted again on the same data. */
async function fittedAnew(
  study: StudyRecord,
  experiment: Experiment,
  cacheFolder: string,
): Promise<FittedData> {
  const needs = `The networks of study "${study.name}" were kept by an earlier version, without their preprocessing, which is fitted on the study's data again`
  const { data } = await openExperiment(experiment, { cacheFolder }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    throw new UserError(error.code, `${needs}: ${error.message}`, { hint: error.hint, where: error.where })
  })
  if (data!.hash === study.fingerprints.data) return fittedData(data!)
  throw new UserError(
    'usage',
    `${needs}; the data have changed (${study.fingerprints.data?.slice(0, 8)}… then, ${data!.hash.slice(0, 8)}… now)`,
    { hint: 'Restore the data, or run the study again.' },
  )
}
