import path from 'node:path'
import { stringify } from 'yaml'
import type { DataSettings } from '../data/data-config.ts'
import { detectSource } from '../data/detect-source.ts'
import { UserError } from '../errors.ts'
import { CLASSIFIER } from '../objective/source.ts'
import { parseExperiment } from './parse-experiment.ts'
import { readExperiment } from './read-experiment.ts'

/** Blocks that an override may name; anything else is a key of `data`. */
const BLOCKS = /^(data|split|preprocess|task)\b/

/**
 * The data blocks of a study file, or those that a study of the data at a path would get.
 * @param source a study file, a file or folder of data, or `generated`
 * @param sets `label=species`, `split.folds=5`: keys of the data block, or paths of the study file
 * @throws UserError `usage` as a study file does
 */
export function dataInfoSettings(source: string, sets: readonly string[]): DataSettings {
  const overrides = sets.map((set) => (BLOCKS.test(set) ? set : `data.${set}`))
  const { objective } = /\.ya?ml$/i.test(source)
    ? readExperiment(source, { overrides })
    : parseExperiment(stringify({ data: detectSource(source) }), path.resolve('data info'), { overrides })
  if (objective.kind === CLASSIFIER) return objective.data
  throw new UserError('usage', `${source} does not train the built-in network, so it has no data block`, {
    where: { file: source },
  })
}
