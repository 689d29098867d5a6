import { UserError } from '../errors.ts'
import type { Examples, Inputs, TargetScaling } from '../train/inputs.ts'
import { rotateRows, scaleRows, withOnes } from './apply-preprocessing.ts'
import { splitCautions } from './cautions.ts'
import type { DataSettings, PreprocessConfig } from './data-config.ts'
import { type DataSet, hashDataSet, sharedFloats } from './data-set.ts'
import { fillGaps, fitFill } from './fill-gaps.ts'
import { kernelArithmetic } from './kernel-arithmetic.ts'
import { fitPca, projectionOf, shareProjection } from './pca.ts'
import { cachedFit } from './pca-cache.ts'
import type { PreparedData, PreparedFold, Preprocessing, Projection } from './prepared.ts'
import { type ColumnScaling, describePreprocessing, fitScaling, scalingKind } from './preprocess.ts'
import { loadDataSet } from './read-data-set.ts'
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
  const { preprocess } = settings
  options.onProgress?.('reading the data', 0)
  const data = await loadAsStudied(settings)
  checkComponents(data, preprocess)
  const hash = hashDataSet(data)
  options.onProgress?.('reading the data', 1)
  const splits = splitRows(data, settings.split, settings.form)
  const kind = scalingKind(preprocess.kind, data)
  // The folds share the memory of all rows where nothing is done to these but appending a column.
  const widened = sharedWidening()
  const folds = splits.map((split, i): PreparedFold => {
    const of = splits.length === 1 ? '' : ` of fold ${i + 1}`
    const { values, columns } = data
    const fill = fitFill(data, split.train)
    const whole = fill !== null && values instanceof Float64Array ? fillGaps(values, fill) : values
    const scaling = fitLevels(fitScaling(kind, whole, columns, split.train), data, kind)
    const scaled = scaleRows({ columns, fill, ...scaling, projection: null, biasTrick: false }, whole)
    const projection = fitProjection(scaled, hash, kind, split.train, preprocess, options, of)
    const preprocessing: Preprocessing = {
      columns,
      fill,
      ...scaling,
      projection,
      biasTrick: preprocess.biasTrick,
    }
    const inputs =
      projection === null
        ? preprocess.biasTrick
          ? widened(scaled)
          : scaled
        : rotateRows(scaled, projection, preprocess.biasTrick, usedRows(split), kernelArithmetic, (done) =>
            options.onProgress?.(`rotating the rows${of}`, done),
          )
    return { ...partsOf(inputs, data, split), preprocessing }
  })
  return {
    source: data.source,
    hash,
    shape: data.shape,
    steps: describePreprocessing(preprocess, kind, data.shape),
    layout: data.layout,
    remarks: data.remarks,
    cautions: [...data.cautions, ...splitCautions(data, splits, settings.split.folds !== undefined)],
    folds,
  }
}

/** Reads a data set in the form in which a study of these settings prepares and hashes it. */
export async function loadAsStudied({ data, task, form }: DataSettings): Promise<DataSet> {
  const loaded = await loadDataSet(data, task)
  return form === 'first' ? rounded(loaded) : loaded
}

/** The values as float32, which version 0.1 read and scaled. */
function rounded(data: DataSet): DataSet {
  if (!(data.values instanceof Float64Array)) return data
  const values = sharedFloats(data.values.length)
  values.set(data.values)
  return { ...data, values }
}

/** Appends the column of ones; to the same values once. */
function sharedWidening(): (inputs: Inputs) => Inputs {
  const known = new Map<Inputs['values'], Inputs['values']>()
  return (inputs) => {
    const wide = withOnes(inputs)
    const values = known.get(inputs.values) ?? wide.values
    known.set(inputs.values, values)
    return { ...wide, values }
  }
}

/** A level that no training row has says nothing: its input is 0, whatever other rows have. */
function fitLevels(scaling: ColumnScaling, { layout }: DataSet, kind: string): ColumnScaling {
  if (layout === null || (kind !== 'standardize' && kind !== 'mean')) return scaling
  for (const { first, count } of layout.groups) {
    for (let c = first; c < first + count; c++) {
      if (scaling.shift[c] === 0) scaling.scale[c] = 0
    }
  }
  return scaling
}

function checkComponents({ columns }: DataSet, { pca }: PreprocessConfig): void {
  if (pca === undefined || pca <= columns) return
  throw new UserError(
    'usage',
    `preprocess: pca must be at most the number of columns, ${columns}, got ${pca}`,
  )
}

function fitProjection(
  scaled: Inputs,
  hash: string,
  kind: string,
  rows: Uint32Array,
  settings: PreprocessConfig,
  options: PrepareOptions,
  of: string,
): Projection | null {
  const k = settings.pca
  if (k === undefined) return null
  const { columns } = scaled
  const key = { data: hash, kind, rows, columns, k, arithmetic: kernelArithmetic.variant }
  const fit = cachedFit(options.cacheFolder, key, () =>
    fitPca(scaled, rows, k, kernelArithmetic, (done) =>
      options.onProgress?.(`finding ${k} principal components${of}`, done),
    ),
  )
  return shareProjection(projectionOf(fit, settings.whiten))
}

/** All rows of a split, each once. */
function usedRows({ train, valid, test }: SplitRows): Uint32Array {
  return Uint32Array.from([...train, ...valid, ...(test ?? [])])
}

function partsOf(inputs: Inputs, data: DataSet, split: SplitRows): Omit<PreparedFold, 'preprocessing'> {
  const target = data.targets === undefined ? null : targetScaling(data.targets, split.train)
  const learned = target === null ? {} : { targets: standardized(data.targets!, target) }
  const examples = (rows: Uint32Array): Examples => ({ inputs, labels: data.labels, ...learned, rows })
  return {
    train: examples(split.train),
    valid: examples(split.valid),
    test: split.test === null ? null : examples(split.test),
    classes: data.classes,
    ...(target === null ? {} : { target }),
  }
}

/** Mean and deviation of the training rows' targets, in float64. */
function targetScaling(targets: Float64Array, rows: Uint32Array): TargetScaling {
  const mean = rows.reduce((sum, row) => sum + targets[row]!, 0) / rows.length
  const squares = rows.reduce((sum, row) => sum + (targets[row]! - mean) * (targets[row]! - mean), 0)
  if (squares > 0) return { mean, deviation: Math.sqrt(squares / rows.length) }
  throw new UserError('usage', `The target is ${targets[rows[0]!]} in all ${rows.length} training rows`)
}

/** Targets as a network learns them, in shared memory. */
export function standardized(targets: Float64Array, { mean, deviation }: TargetScaling): Float32Array {
  const scaled = sharedFloats(targets.length)
  for (let i = 0; i < targets.length; i++) scaled[i] = (targets[i]! - mean) / deviation
  return scaled
}
