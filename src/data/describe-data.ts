import { type DataConfig, splitSchema } from './data-config.ts'
import { hashDataSet } from './data-set.ts'
import { detectSource } from './detect-source.ts'
import { readDataSet } from './read-data-set.ts'
import { type SplitCounts, splitCounts } from './split.ts'

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
  readonly classes: readonly ClassCount[]
  /** The parts that a study without a `split` gets. */
  readonly split: SplitCounts
  readonly hash: string
}

export interface ClassCount {
  readonly name: string
  /** Rows of that class, those for testing included. */
  readonly rows: number
  readonly testRows: number
}

/**
 * Reads a data set whole and describes it.
 * @param source `generated`, a path at which data lie, or the `data` block of a study with absolute paths
 */
export function describeData(source: string | DataConfig): DataDescription {
  const config = typeof source === 'string' ? detectSource(source) : source
  const data = readDataSet(config)
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
    path: config.source === 'generated' ? null : config.path,
    rows,
    testRows: data.testRows,
    shape: data.shape,
    columns: data.columns,
    type: data.values instanceof Uint8Array ? 'bytes' : 'float32',
    range: [low, high],
    mean,
    classes: data.classes.map((name, i) => ({ name, rows: counts[i]!, testRows: testCounts[i]! })),
    split: splitCounts(data, splitSchema.parse({})),
    hash: hashDataSet(data),
  }
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

function spreadOf(values: Float32Array): Spread {
  let [low, high, sum] = [Infinity, -Infinity, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    low = Math.min(low, value)
    high = Math.max(high, value)
    sum += value
  }
  return { low, high, mean: sum / values.length }
}
