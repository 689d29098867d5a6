import { splitCautions } from './cautions.ts'
import { type DataSettings, dataPath, preprocessSchema, splitSchema } from './data-config.ts'
import { hashDataSet } from './data-set.ts'
import { type ColumnDescription, describeColumns } from './describe-columns.ts'
import { detectSource } from './detect-source.ts'
import { describePreprocessing, scalingKind } from './preprocess.ts'
import { loadDataSet } from './read-data-set.ts'
import { type SplitCounts, splitCounts, splitRows } from './split.ts'

/** What there is to know about a data set before anything is trained on it. */
export interface DataDescription {
  /** `generated`, `cifar10 (binary layout)`. */
  readonly source: string
  /** The absolute path; null for the generated set. */
  readonly path: string | null
  readonly rows: number
  /** How many of the rows the source sets apart for testing. */
  readonly testRows: number
  /** What one row is, e.g. [32, 32, 3]. */
  readonly shape: readonly number[]
  readonly columns: number
  /** `bytes` or `float32`. */
  readonly type: string
  /** The smallest and the largest input. */
  readonly range: readonly [low: number, high: number]
  readonly mean: number
  /** Empty where a number is predicted. */
  readonly classes: readonly ClassCount[]
  /** The number that is predicted; null for classes. */
  readonly target: TargetDescription | null
  /** Each column of a table; null for arrays and images. */
  readonly tableColumns: readonly ColumnDescription[] | null
  /** The parts that the study gets. */
  readonly split: SplitCounts
  /** What is done to the inputs, in words. */
  readonly steps: readonly string[]
  /** What was detected, left out or assumed, in sentences. */
  readonly remarks: readonly string[]
  /** What may be wrong with the data, in sentences. */
  readonly cautions: readonly string[]
  readonly hash: string
}

export interface TargetDescription {
  readonly name: string
  readonly range: readonly [low: number, high: number]
  readonly mean: number
  readonly deviation: number
}

export interface ClassCount {
  readonly name: string
  /** Rows of that class, those for testing included. */
  readonly rows: number
  readonly testRows: number
}

/**
 * Reads a data set whole and describes it.
 * @param source `generated`, a path at which data lie, or the blocks of a study with absolute paths
 */
export async function describeData(source: string | DataSettings): Promise<DataDescription> {
  const settings = typeof source === 'string' ? usualSettings(source) : source
  const data = await loadDataSet(settings.data, settings.task)
  const rows = data.labels.length
  const counts = data.classes.map(() => 0)
  const testCounts = data.classes.map(() => 0)
  data.labels.forEach((label, row) => {
    counts[label] = counts[label]! + 1
    if (row >= rows - data.testRows) testCounts[label] = testCounts[label]! + 1
  })
  const { low, high, mean } =
    data.values instanceof Uint8Array ? spreadOfBytes(data.values) : spreadOf(data.values)
  return {
    source: data.source,
    path: dataPath(settings.data),
    rows,
    testRows: data.testRows,
    shape: data.shape,
    columns: data.columns,
    type:
      data.values instanceof Uint8Array
        ? 'bytes'
        : data.values instanceof Float32Array
          ? 'float32'
          : 'float64',
    range: [low, high],
    mean,
    classes:
      data.targets === undefined
        ? data.classes.map((name, i) => ({ name, rows: counts[i]!, testRows: testCounts[i]! }))
        : [],
    target: data.targets === undefined ? null : describeTarget(data.classes[0]!, data.targets),
    tableColumns: describeColumns(data),
    split: splitCounts(data, settings.split),
    steps: describePreprocessing(
      settings.preprocess,
      scalingKind(settings.preprocess.kind, data),
      data.shape,
    ),
    remarks: data.remarks,
    cautions: [
      ...data.cautions,
      ...splitCautions(data, splitRows(data, settings.split), settings.split.folds !== undefined),
    ],
    hash: hashDataSet(data),
  }
}

/** What a study that says nothing else gets. */
export function usualSettings(source: string): DataSettings {
  return { data: detectSource(source), split: splitSchema.parse({}), preprocess: preprocessSchema.parse({}) }
}

function describeTarget(name: string, values: Float64Array): TargetDescription {
  const { low, high, mean } = spreadOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { name, range: [low, high], mean, deviation: Math.sqrt(squares / values.length) }
}

interface Spread {
  readonly low: number
  readonly high: number
  readonly mean: number
}

/** By counting: many times as fast as looking at each byte's size. */
function spreadOfBytes(values: Uint8Array): Spread {
  const counts = new Uint32Array(256)
  for (let i = 0; i < values.length; i++) counts[values[i]!] = counts[values[i]!]! + 1
  const sum = counts.reduce((total, count, value) => total + count * value, 0)
  return {
    low: counts.findIndex((count) => count > 0),
    high: counts.findLastIndex((count) => count > 0),
    mean: sum / values.length,
  }
}

function spreadOf(values: Float32Array | Float64Array): Spread {
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    count++
    low = Math.min(low, value)
    high = Math.max(high, value)
    sum += value
  }
  return { low, high, mean: sum / count }
}
