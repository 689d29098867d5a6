import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { cellOfChoice } from '../space/choice-text.ts'
import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialRecord } from '../trial.ts'
import { type CsvCell, exportTable } from './export.ts'
import { rootParameters, type StudyContext } from './trial-columns.ts'

/**
 * The bytes of a Parquet file with the columns of the CSV: numbers as DOUBLE, truth values as BOOLEAN, the rest as text,
 * in which the texts of a list of choices are quoted as in the CSV if the list has others that are written alike.
 */
export function exportParquet(trials: readonly TrialRecord[], { stages }: StudyContext): Uint8Array {
  const { titles, toRow } = exportTable(trials, stages)
  const root = rootParameters(stages)
  const rows = trials.map((trial) => toRow({ ...trial, params: cellsOf(root, trial.params) }))
  const columnData = titles.map((name, at) =>
    column(
      name,
      rows.map((row) => row[at] ?? null),
    ),
  )
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

function cellsOf(root: Readonly<Record<string, Distribution>>, params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const distribution = own(root, name)
      return [name, distribution?.kind === 'categorical' ? cellOf(distribution.choices, value) : value]
    }),
  )
}

/** A column of texts alone needs no quotes, and null has a form of its own. */
function cellOf(choices: readonly ParamValue[], value: ParamValue): ParamValue {
  const isTexts = choices.every((choice) => choice === null || typeof choice === 'string')
  return value === null || isTexts ? value : cellOfChoice(choices, value)
}

function column(name: string, cells: readonly CsvCell[]): ColumnSource {
  const all = (type: string): boolean => cells.every((cell) => cell === null || typeof cell === type)
  const isEmpty = cells.every((cell) => cell === null)
  if (!isEmpty && all('number')) return { name, data: [...cells], type: 'DOUBLE', nullable: true }
  if (!isEmpty && all('boolean')) return { name, data: [...cells], type: 'BOOLEAN', nullable: true }
  const data = cells.map((cell) => (cell === null ? null : String(cell)))
  return { name, data, type: 'STRING', nullable: true }
}
