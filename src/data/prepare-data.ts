import type { Examples, Inputs } from '../train/inputs.ts'
import type { DataSettings, PreprocessConfig } from './data-config.ts'
import { type DataSet, hashDataSet } from './data-set.ts'
import type { PreparedData, PreparedFold } from './prepared.ts'
import { appendIdentity, appendOnes, describePreprocessing, fitScaling } from './preprocess.ts'
import { readDataSet } from './read-data-set.ts'
import { type SplitRows, splitRows } from './split.ts'

export interface PrepareOptions {
  /** Told what is being done, and how far it is, from 0 to 1. */
  readonly onProgress?: (step: string, done: number) => void
  /** Where fitted principal components are kept from study to study; nothing is kept without it. */
  readonly cacheFolder?: string
}

/**
 * Reads a data set, splits it, and fits its preprocessing on the training part alone. All arrays lie in shared
 * memory, so that the result can be handed to any number of threads. The same settings and files give the same bits.
 * @throws UserError `usage` that names the file and the rule; never with part of the data loaded.
 */
export async function prepareData(
  settings: DataSettings,
  options: PrepareOptions = {},
): Promise<PreparedData> {
  options.onProgress?.('reading the data', 0)
  const data = readDataSet(settings.data)
  const splits = splitRows(data, settings.split)
  const values = settings.preprocess.biasTrick ? appendOnes(data.values, data.columns) : data.values
  return {
    source: data.source,
    hash: hashDataSet(data),
    shape: data.shape,
    steps: describePreprocessing(settings.preprocess, data.shape),
    folds: splits.map((split) => scaledFold(data, values, split, settings.preprocess)),
  }
}

function scaledFold(
  data: DataSet,
  values: DataSet['values'],
  split: SplitRows,
  settings: PreprocessConfig,
): PreparedFold {
  const scaling = fitScaling(settings.kind, data.values, data.columns, split.train)
  const { shift, scale } = settings.biasTrick ? appendIdentity(scaling) : scaling
  const inputs: Inputs = { values, columns: shift.length, shift, scale }
  return {
    ...partsOf(inputs, data, split),
    preprocessing: { columns: data.columns, ...scaling, projection: null, biasTrick: settings.biasTrick },
  }
}

function partsOf(inputs: Inputs, data: DataSet, split: SplitRows): Omit<PreparedFold, 'preprocessing'> {
  const examples = (rows: Uint32Array): Examples => ({ inputs, labels: data.labels, rows })
  return {
    train: examples(split.train),
    valid: examples(split.valid),
    test: split.test === null ? null : examples(split.test),
    classes: data.classes,
  }
}
