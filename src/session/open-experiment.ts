import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type PrepareOptions, prepareData } from '../data/prepare-data.ts'
import { prepareDataInThread } from '../data/prepare-in-thread.ts'
import type { PreparedData } from '../data/prepared.ts'
import type { ClassifierConfig } from '../objective/classifier-config.ts'
import { loadObjective } from '../objective/load.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import { splitWords } from '../objective/words.ts'
import type { Fingerprints } from '../store/store.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { withObjectiveSpace } from '../study-file/objective-space.ts'
import { chooseArithmetic } from '../train/kernels/open-kernels.ts'

/** An experiment with its objective loaded, ready for the executors. */
export interface OpenedExperiment {
  /** With its whole space: that of a module which brings its own is filled in. */
  readonly experiment: Experiment
  readonly source: ObjectiveSource
  readonly fingerprints: Fingerprints
  /** Null unless the objective is the classifier. */
  readonly data: PreparedData | null
}

/**
 * Reads and prepares what an experiment measures, and works out what identifies it.
 * @param options `signal` gives a long preparation up
 * @throws UserError('usage'); PreparationStopped
 */
export async function openExperiment(
  experiment: Experiment,
  options: PrepareOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<OpenedExperiment> {
  const { objective } = experiment
  if (objective.kind === 'mlp-classifier') {
    const { split, preprocess } = objective.data
    // Principal components take so long that a person may want to stop; the rest is done before one could.
    const prepare = preprocess.pca === undefined ? prepareData : prepareDataInThread
    const data = await prepare(objective.data, options)
    const config = withChosenArithmetic(objective.config)
    return opened(
      { ...experiment, objective: { ...objective, config } },
      { kind: 'mlp-classifier', config, data },
      // Where the data lie does not count: their own hash says what they are.
      hashJson([config, split, preprocess]),
      data,
    )
  }
  if (objective.kind === 'module') {
    const { space } = await loadObjective(objective)
    return opened(withObjectiveSpace(experiment, space), objective, hashFiles([objective.file]), null)
  }
  // The program's own script is part of what is measured; where it lies is not.
  const words = splitWords(objective.command)
  const files = words.map((word) => resolve(objective.cwd, word)).filter(isFile)
  await loadObjective(objective)
  return opened(experiment, objective, hashFiles(files, objective.command), null)
}

/** What `auto` means here is settled once and stored, so that a resume elsewhere computes the same bits. */
function withChosenArithmetic(config: ClassifierConfig): ClassifierConfig {
  const { arithmetic } = config.training
  if (arithmetic !== 'auto') return config
  return { ...config, training: { ...config.training, arithmetic: chooseArithmetic() } }
}

function opened(
  experiment: Experiment,
  source: ObjectiveSource,
  objectiveHash: string,
  data: PreparedData | null,
): OpenedExperiment {
  const fingerprints = {
    data: data?.hash ?? null,
    objective: objectiveHash,
    space: hashJson(experiment.space),
  }
  return { experiment, source, fingerprints, data }
}

/** SHA-256 in hex over the words and the contents of the files. */
function hashFiles(files: readonly string[], ...words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

function hashJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
