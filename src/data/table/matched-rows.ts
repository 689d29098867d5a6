import type { InputLayout } from '../data-set.ts'
import { malformed } from '../read-file.ts'
import type { UnlabelledRows } from '../read-unlabelled.ts'
import { labelColumn } from './class-column.ts'
import { openLike } from './csv-file.ts'
import { encodeInputs } from './encode-inputs.ts'
import { hasGaps, placeOfRow } from './input-columns.ts'
import { matchTable } from './match-table.ts'
import type { TableReading } from './reading.ts'
import { columnName, type Table } from './table.ts'
import { isGap } from './table-set.ts'

/** The rows of a table, read as the study's own table was. Every row is kept, in its order. */
export function readMatchedRows(file: string, { reading }: InputLayout): UnlabelledRows {
  const opened = openLike(file, reading.form!, null)
  const { table, labelled, remarks } = matchTable(opened, reading)
  refuseGaps(table, reading)
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  const { values, columns, unseen } = encodeInputs(table, reading.inputs, rows)
  const said = unseen.map(
    ({ column, level, rows: count }) =>
      `${JSON.stringify(level)} in column "${column}" is no level that the study knows (${count} ${count === 1 ? 'row' : 'rows'})`,
  )
  return {
    values,
    rows: table.rows,
    columns,
    labels: labelled ? labelsOf(table, reading) : null,
    remarks: [...opened.remarks, ...remarks, ...said],
  }
}

/** A study that was not told how to fill a gap can't predict from one. */
function refuseGaps(table: Table, reading: TableReading): void {
  if (reading.missing !== 'error' && reading.missing !== 'drop') return
  for (const { place } of reading.inputs) {
    if (!hasGaps(table.columns.get(place)!)) continue
    const row = Array.from({ length: table.rows }, (_, r) => r).find((r) => isGap(table, place, r))!
    const policy = reading.missing === 'drop' ? 'leaves such rows out (missing: drop)' : 'has no missing values'
    throw malformed(
      table.file,
      `has no value in ${placeOfRow(table, row)}, ${columnName(place, reading.names)}, and the study ${policy}`,
      'A study with missing: mean, median or most-frequent can predict from such rows.',
      table.lineOf(row) ?? undefined,
    )
  }
}

function labelsOf(table: Table, { label, names, width, rename }: TableReading): string[] {
  const { codes, texts } = labelColumn(table, { label, names, width, inputs: [] })
  return Array.from(codes, (code) => (code < 0 ? '' : (rename[texts[code]!] ?? texts[code]!)))
}
