import type { InputColumn } from './input-columns.ts'
import type { CsvForm } from './table.ts'

/** Inputs that stand for one column of levels: `count` of them from `first` on, of which one is 1. */
export interface LevelGroup {
  readonly first: number
  readonly count: number
}

export type MissingPolicy = 'error' | 'drop' | 'mean' | 'median' | 'most-frequent'

/**
 * How a study read its table, all that was found out included: enough to read other files in the same way.
 * Plain JSON; kept with each network.
 */
export interface TableReading {
  readonly format: 'csv' | 'parquet' | 'arff'
  /** Null unless the file is a text. */
  readonly form: CsvForm | null
  /** The names of all columns of the study's file; null if it had none. */
  readonly names: readonly string[] | null
  readonly width: number
  /** The place of the label's column. */
  readonly label: number
  readonly inputs: readonly InputColumn[]
  readonly missing: MissingPolicy
  readonly missingValues: readonly string[]
  readonly rename: Readonly<Record<string, string>>
}
