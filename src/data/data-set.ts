import { createHash } from 'node:crypto'

/** A labelled data set as its reader leaves it: complete, checked, not yet split. */
export interface DataSet {
  /** Where it came from, in words: `generated`, `cifar10 (binary layout)`. */
  readonly source: string
  /** What one row is, e.g. [32, 32, 3] for row, column, channel; its product is `columns`. */
  readonly shape: readonly number[]
  /** (rows, columns) row-major, in shared memory; the rows of the source's own test part come last. */
  readonly values: Uint8Array | Float32Array
  readonly columns: number
  /** The class of each row, in shared memory. */
  readonly labels: Labels
  readonly classes: readonly string[]
  /** How many of the last rows the source itself sets apart for testing; 0 if it has no such part. */
  readonly testRows: number
  /** Counts of a split that nobody asked for otherwise; null for 80 % / 10 % / 10 %. */
  readonly usualSplit: UsualSplit | null
}

export interface UsualSplit {
  readonly train: number
  readonly valid: number
  readonly test: number
}

export type Labels = Uint8Array | Uint16Array

/** The most classes a data set may have. */
export const MAX_CLASSES = 65_536

/** `length` bytes, all 0, in memory that all threads see. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length))
}

/** `length` floats, all 0, in memory that all threads see. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4))
}

/** The class numbers, each below `numClasses`, in shared memory and in the smallest type that holds them. */
export function sharedLabels(labels: ArrayLike<number>, numClasses: number): Labels {
  const shared =
    numClasses <= 256 ? sharedBytes(labels.length) : new Uint16Array(new SharedArrayBuffer(labels.length * 2))
  shared.set(labels)
  return shared
}

/** SHA-256 in hex over shape, classes, values and labels: the same data give the same hash, whatever their layout was. */
export function hashDataSet(data: DataSet): string {
  const head = {
    shape: data.shape,
    rows: data.labels.length,
    testRows: data.testRows,
    type: data.values instanceof Uint8Array ? 'u1' : 'f4',
    classes: data.classes,
  }
  const hash = createHash('sha256').update(JSON.stringify(head))
  hash.update(bytesOf(data.values))
  hash.update(bytesOf(data.labels))
  return hash.digest('hex')
}

function bytesOf(array: Uint8Array | Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
