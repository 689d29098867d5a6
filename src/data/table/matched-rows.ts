import type { UserError } from '../../errors.ts'
import { shorten } from '../../text/quote.ts'
import type { InputLayout, Values } from '../data-set.ts'
import { malformed, readWholeFile } from '../read-file.ts'
import { isArff, openArff } from './arff-file.ts'
import { parseNumber } from './cells.ts'
import { labelColumn } from './class-column.ts'
import { type CsvSettings, openCsv, openLike } from './csv-file.ts'
import { encodeInputs } from './encode-inputs.ts'
import { hasGaps, placeOfRow } from './input-columns.ts'
import { matchTable } from './match-table.ts'
import { isParquet, openParquet } from './parquet-file.ts'
import type { TableReading } from './reading.ts'
import { columnName, quoted, type Table, type TableFile } from './table.ts'
import { isGap } from './table-set.ts'

/** Rows to be predicted, as read: (rows, columns) row-major. */
export interface UnlabelledRows {
  readonly values: Values
  readonly rows: number
  readonly columns: number
  /** The labels of the rows, where the file has them; null otherwise. */
  readonly labels: readonly string[] | null
  /** The number in a label, as the file writes numbers; NaN if it is none. */
  labelNumber(label: string): number
  /** Rows that cannot be predicted, since a value is missing; counted from 0. */
  readonly incomplete: ReadonlySet<number>
  /** What was ignored or is not known to the study, in sentences without their full stop. */
  readonly remarks: readonly string[]
}

/** The rows of a table, read as the study's own table was. Every row is kept, in its order. */
export async function readMatchedRows(file: string, { reading }: InputLayout): Promise<UnlabelledRows> {
  return matchedRows(await openAs(file, reading), reading)
}

/** A file in its own format; a text in the form of the study's, if that was one. */
async function openAs(file: string, { form, format, names }: TableReading): Promise<TableFile> {
  const start = readWholeFile(file).subarray(0, 65_536)
  if (isParquet(start)) return openParquet(file)
  if (isArff(start.toString('latin1'))) return openArff(file)
  return form === null || format !== 'csv' ? openCsv(file, UNKNOWN_FORM) : openLike(file, form, names, null)
}

const UNKNOWN_FORM: CsvSettings = {
  delimiter: null,
  decimal: null,
  thousands: null,
  comment: null,
  skip: 0,
  encoding: null,
  header: 'detect',
  label: null,
  named: false,
  names: null,
}

/** The rows of a table of numbers alone, for a study whose data were no table; a last column may hold labels. */
export function readPlainRows(file: string, columns: number): UnlabelledRows {
  const opened = openCsv(file, UNKNOWN_FORM)
  const inputs = Array.from({ length: columns }, (_, place) => ({
    place,
    name: null,
    levels: null,
    ordered: false,
    indicator: false,
  }))
  const plain = {
    format: 'csv',
    form: null,
    names: null,
    missing: 'error',
    missingValues: [],
    rename: {},
  } as const
  return matchedRows(opened, { ...plain, width: columns + 1, label: columns, inputs })
}

function matchedRows(opened: TableFile, reading: TableReading): UnlabelledRows {
  const { table, labelled, remarks } = matchTable(opened, reading)
  const incomplete = incompleteRows(table, reading)
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  const { values, columns, unseen } = encodeInputs(table, reading.inputs, rows)
  const said = unseen.map(
    ({ column, level, rows: count }) =>
      `${quoted(level)} in column "${shorten(column, 40)}" is not a level that the study knows (${count} ${count === 1 ? 'row' : 'rows'})`,
  )
  return {
    values,
    rows: table.rows,
    columns,
    labels: labelled ? labelsOf(table, reading) : null,
    labelNumber: (label) => parseNumber(label, table.style),
    incomplete,
    remarks: [...opened.remarks, ...remarks, ...incompleteRemark(incomplete.size), ...said],
  }
}

function incompleteRemark(rows: number): string[] {
  if (rows === 0) return []
  return [`${rows} ${rows === 1 ? 'row has' : 'rows have'} missing values and no prediction (missing: drop)`]
}

/**
 * The rows that lack a value which the study has no stand-in for: with `missing: drop` they get no prediction, and
 * are refused where the study had no missing values at all.
 */
function incompleteRows(table: Table, reading: TableReading): ReadonlySet<number> {
  const incomplete = new Set<number>()
  if (reading.missing !== 'error' && reading.missing !== 'drop') return incomplete
  for (const { place } of reading.inputs) {
    if (!hasGaps(table.columns.get(place)!)) continue
    for (let row = 0; row < table.rows; row++) {
      if (!isGap(table, place, row)) continue
      if (reading.missing === 'error') throw unexpectedGap(table, row, place, reading)
      incomplete.add(row)
    }
  }
  return incomplete
}

function unexpectedGap(table: Table, row: number, place: number, { names }: TableReading): UserError {
  return malformed(
    table.file,
    `has no value in ${placeOfRow(table, row)}, ${columnName(place, names)}, and the study has no missing values`,
    'A study with missing: mean, median or most-frequent can predict from such rows.',
    table.lineOf(row) ?? undefined,
  )
}

function labelsOf(table: Table, { label, names, width, rename }: TableReading): string[] {
  const { codes, texts } = labelColumn(table, { label, names, width, inputs: [] })
  return Array.from(codes, (code) => (code < 0 ? '' : (rename[texts[code]!] ?? texts[code]!)))
}
