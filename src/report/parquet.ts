import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import type { TrialRecord } from '../trial.ts'
import { type CsvCell, exportTable } from './export.ts'
import type { StudyContext } from './trial-columns.ts'

/** The bytes of a Parquet file with the columns of the CSV: numbers as DOUBLE, truth values as BOOLEAN, the rest as text. */
export function exportParquet(trials: readonly TrialRecord[], { stages }: StudyContext): Uint8Array {
  const { titles, toRow } = exportTable(trials, stages)
  const rows = trials.map(toRow)
  const columnData = titles.map((name, at) =>
    column(
      name,
      rows.map((row) => row[at] ?? null),
    ),
  )
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

function column(name: string, cells: readonly CsvCell[]): ColumnSource {
  const all = (type: string): boolean => cells.every((cell) => cell === null || typeof cell === type)
  const isEmpty = cells.every((cell) => cell === null)
  if (!isEmpty && all('number')) return { name, data: [...cells], type: 'DOUBLE', nullable: true }
  if (!isEmpty && all('boolean')) return { name, data: [...cells], type: 'BOOLEAN', nullable: true }
  const data = cells.map((cell) => (cell === null ? null : String(cell)))
  return { name, data, type: 'STRING', nullable: true }
}
