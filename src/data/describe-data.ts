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
  let [low, high, sum] = [Infinity, -Infinity, 0]
  for (const value of data.values) {
    if (value < low) low = value
    if (value > high) high = value
    sum += value
  }
  return {
    source: data.source,
    path: config.source === 'generated' ? null : config.path,
    rows,
    testRows: data.testRows,
    shape: data.shape,
    columns: data.columns,
    type: data.values instanceof Uint8Array ? 'bytes' : 'float32',
    range: [low, high],
    mean: sum / data.values.length,
    classes: data.classes.map((name, i) => ({ name, rows: counts[i]!, testRows: testCounts[i]! })),
    split: splitCounts(data, splitSchema.parse({})),
    hash: hashDataSet(data),
  }
}
