import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DataSettings } from '../data/data-config.ts'
import { prepareData } from '../data/prepare-data.ts'
import type { PreparedData } from '../data/prepared.ts'
import { splitCommand } from '../objective/command-line.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { Fingerprints } from '../store/store.ts'
import type { Experiment } from './experiment.ts'

/** An experiment's objective, loaded and ready for the executors. */
export interface OpenedObjective {
  readonly source: ObjectiveSource
  readonly fingerprints: Fingerprints
  /** Null unless the objective is the classifier. */
  readonly data: PreparedData | null
}

export interface OpenOptions {
  /** Where fitted preprocessing may be kept between runs; null for nowhere. */
  readonly cacheFolder: string | null
  /** Called with a sentence while something takes its time. */
  readonly onProgress: (sentence: string) => void
}

/** Reads and prepares the data, and works out what identifies what is measured. Throws UserError('usage'). */
export async function openObjective(experiment: Experiment, options: OpenOptions): Promise<OpenedObjective> {
  const { objective, space } = experiment
  const fingerprint = (objectiveHash: string, data: PreparedData | null): Fingerprints => ({
    data: data === null ? null : data.hash,
    objective: objectiveHash,
    space: hashJson(space),
  })
  if (objective.kind === 'mlp-classifier') {
    const settings: DataSettings = objective.data
    const data = await prepareData(settings, options)
    return {
      source: { kind: 'mlp-classifier', config: objective.config, data },
      fingerprints: fingerprint(hashJson([objective.config, settings]), data),
      data,
    }
  }
  if (objective.kind === 'module') {
    return {
      source: objective,
      fingerprints: fingerprint(hashFiles([objective.file]), null),
      data: null,
    }
  }
  return {
    source: objective,
    fingerprints: fingerprint(
      hashFiles(namedFiles(objective.command, objective.cwd), objective.command),
      null,
    ),
    data: null,
  }
}

/** The files among a command's words: the program's own script is part of what is measured. */
function namedFiles(command: string, cwd: string): string[] {
  return splitCommand(command)
    .map((word) => resolve(cwd, word))
    .filter((file) => existsSync(file) && statSync(file).isFile())
}

/** SHA-256 in hex over the words and the contents of the files; where they lie does not count. */
function hashFiles(files: readonly string[], ...words: readonly string[]): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(words))
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

function hashJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** Where a store's folder keeps what can be worked out again. */
export function cacheFolderOf(storeFile: string): string {
  return resolve(dirname(storeFile), 'cache')
}
