import type { ClassificationData } from '../train/inputs.ts'

/** A data set after its split and preprocessing, ready for all threads. */
export interface PreparedData {
  /** Where it came from, in words: `generated`, `cifar10 (binary layout)`. */
  readonly source: string
  /** SHA-256 in hex over the values, labels and class names as read, before split and preprocessing. */
  readonly hash: string
  /** What one row is, e.g. [32, 32, 3] for row, column, channel; [64] for plain columns. */
  readonly shape: readonly number[]
  /** One for a single validation set; k of them with `folds: k`, which share the test part. */
  readonly folds: readonly ClassificationData[]
  /** What was done to the inputs; enough to do the same to new rows. */
  readonly preprocessing: Preprocessing
}

/** What was fitted on the training part, as plain data (float64 lists would be large: typed arrays in shared memory). */
export interface Preprocessing {
  /** The steps in words, for people: `mean image subtracted`. */
  readonly steps: readonly string[]
  /** For PCA: components (columns, k) row-major, mean (columns), and the scale of each component (k). */
  readonly projection: {
    readonly mean: Float32Array
    readonly components: Float32Array
    readonly scale: Float32Array
    readonly k: number
  } | null
}
