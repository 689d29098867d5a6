import { createHash } from 'node:crypto'
import type { LevelGroup, TableReading } from './table/reading.ts'

/** A labelled data set as its reader leaves it: complete, checked, not yet split. */
export interface DataSet {
  /** Where it came from, in words: `generated`, `cifar10 (binary layout)`. */
  readonly source: string
  /** What one row is, e.g. [32, 32, 3] for row, column, channel; its product is `columns`. */
  readonly shape: readonly number[]
  /**
   * (rows, columns) row-major; the rows of the source's own test part come last. Bytes and float32 lie in shared memory
   * and are what the network's kernels scale; float64, NaN where a value is missing, is scaled before it is rounded.
   */
  readonly values: Values
  readonly columns: number
  /** The class of each row, in shared memory. */
  readonly labels: Labels
  /** The target's name alone where a number is predicted. */
  readonly classes: readonly string[]
  /** The number of each row that is to be predicted, as read; absent for classes. */
  readonly targets?: Float64Array
  /** How many of the last rows the source itself sets apart for testing; 0 if it has no such part. */
  readonly testRows: number
  /** Counts of a split that nobody asked for otherwise; null for 80 % / 10 % / 10 %. */
  readonly usualSplit: UsualSplit | null
  /** What the columns are, where they come from a table; null for arrays and images. */
  readonly layout: InputLayout | null
  /** What was detected, left out or assumed, in sentences without their full stop. */
  readonly remarks: readonly string[]
  /** What may be wrong with the data, in the same form. */
  readonly cautions: readonly string[]
}

export type Values = Uint8Array | Float32Array | Float64Array

/** The columns of a data set that was a table. */
export interface InputLayout {
  /** Of each column: `age`, `sex=female`. */
  readonly names: readonly string[]
  /** Columns that are the levels of one column of the table. */
  readonly groups: readonly LevelGroup[]
  /** How the table was read. */
  readonly reading: TableReading
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

/** `length` float64 numbers, all 0, in memory that all threads see. */
export function sharedFloat64s(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8))
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
  const { values } = data
  // Numbers that float32 tells apart are hashed as such, as they were when nothing else was read.
  const rounded =
    values instanceof Float64Array && isFine(values, data.columns) ? Float32Array.from(values) : values
  const head = {
    shape: data.shape,
    rows: data.labels.length,
    testRows: data.testRows,
    type: rounded instanceof Uint8Array ? 'u1' : rounded instanceof Float32Array ? 'f4' : 'f8',
    classes: data.classes,
  }
  const hash = createHash('sha256').update(JSON.stringify(head))
  hash.update(bytesOf(rounded))
  hash.update(bytesOf(data.labels))
  if (data.targets !== undefined) hash.update(bytesOf(data.targets))
  return hash.digest('hex')
}

/** Whether rounding to float32 loses nothing that matters: at most 2^-20 of the range of any column, and no gap. */
function isFine(values: Float64Array, columns: number): boolean {
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY)
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY)
  const lost = new Float64Array(columns)
  for (let i = 0; i < values.length; i++) {
    const [value, c] = [values[i]!, i % columns]
    if (Number.isNaN(value)) return false
    low[c] = Math.min(low[c]!, value)
    high[c] = Math.max(high[c]!, value)
    lost[c] = Math.max(lost[c]!, Math.abs(value - Math.fround(value)))
  }
  return lost.every((loss, c) => loss <= (high[c]! - low[c]!) * 2 ** -20)
}

function bytesOf(array: Uint8Array | Uint16Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
