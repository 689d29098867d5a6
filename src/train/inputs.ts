/**
 * Rows of numbers as they are kept: bytes for pixels, floats otherwise, row-major (rows, columns).
 * What a network sees in column c is (value - shift[c]) · scale[c], in float32, in that order.
 * The arrays lie in SharedArrayBuffers: one copy for all threads, which only read.
 */
export interface Inputs {
  readonly values: Uint8Array | Float32Array
  readonly columns: number
  /** (columns) */
  readonly shift: Float32Array
  /** (columns) */
  readonly scale: Float32Array
}

/** A set of labelled rows, by index into `inputs` and `labels`: a split or a fold copies nothing. */
export interface Examples {
  readonly inputs: Inputs
  /** The class of each row of `inputs`, from 0. */
  readonly labels: Uint8Array | Uint16Array
  /** What a network that predicts a number learns, for each row of `inputs`: standardised by the training rows. */
  readonly targets?: Float32Array
  /** Which rows belong to the set, in a fixed order. */
  readonly rows: Uint32Array
}

/** What a classifier is trained and judged on. */
export interface ClassificationData {
  readonly train: Examples
  readonly valid: Examples
  /** Null if the data has no test part. Looked at once, at the end. */
  readonly test: Examples | null
  /** The name of the target alone, where a number is predicted. */
  readonly classes: readonly string[]
  /** Mean and deviation of the training rows' targets; absent for classes. */
  readonly target?: TargetScaling
}

/** A target as read is mean + deviation · what the network says. */
export interface TargetScaling {
  readonly mean: number
  readonly deviation: number
}
