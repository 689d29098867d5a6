import type { ClassificationData } from '../train/inputs.ts'
import type { InputLayout } from './data-set.ts'

/** A data set after its split and preprocessing, ready for all threads. */
export interface PreparedData {
  /** Where it came from, in words: `generated`, `cifar10 (binary layout)`. */
  readonly source: string
  /** SHA-256 in hex over the values, labels and class names as read, before split and preprocessing. */
  readonly hash: string
  /** What one row is as read, e.g. [32, 32, 3] for row, column, channel; [64] for plain columns. */
  readonly shape: readonly number[]
  /** What was done to the inputs, in words, for people: `mean image subtracted`. The same for all folds. */
  readonly steps: readonly string[]
  /** What the columns are, where they come from a table; null for arrays and images. */
  readonly layout: InputLayout | null
  /** What was detected, left out or assumed, in sentences without their full stop. */
  readonly remarks: readonly string[]
  /** What may be wrong with the data, in the same form. */
  readonly cautions: readonly string[]
  /** One for a single validation set; k of them with `folds: k`, which share the test part. */
  readonly folds: readonly PreparedFold[]
}

/** The parts of one fold, and what was fitted on its training part. */
export interface PreparedFold extends ClassificationData {
  /** Enough to do to new rows what was done to these. */
  readonly preprocessing: Preprocessing
}

/** What was fitted on a training part, as plain data and typed arrays in shared memory. */
export interface Preprocessing {
  /** Columns of a row as read. */
  readonly columns: number
  /** What stands in for a missing value, (columns); null where none can be missing. */
  readonly fill: Float64Array | null
  /** A row as read goes through (value - shift[c]) · scale[c] first; both (columns). Float64 for float64 values. */
  readonly shift: Float32Array | Float64Array
  readonly scale: Float32Array | Float64Array
  /** Then, with PCA, it becomes ((row - mean) · components) · scale, k numbers. */
  readonly projection: Projection | null
  /** Last, a column of ones is appended. */
  readonly biasTrick: boolean
}

/** Principal components: mean (columns), components (columns, k) row-major, and the scale of each component (k). */
export interface Projection {
  readonly mean: Float32Array
  readonly components: Float32Array
  readonly scale: Float32Array
  readonly k: number
}
