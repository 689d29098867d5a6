import { malformed } from '../read-file.ts'
import type { MissingWords } from './cells.ts'
import { ColumnBuilder } from './column-builder.ts'
import { decodeText } from './decode-text.ts'
import { type Dialect, type DialectSettings, detectDialect } from './dialect.ts'
import { guessHeader } from './header.ts'
import { readRows } from './parse-csv.ts'
import { doubtfulPoint, PointGroups } from './point-groups.ts'
import { type ColumnKey, placeOf } from './select-columns.ts'
import {
  type Column,
  type CsvForm,
  columnName,
  type GivenForm,
  quoted,
  type Table,
  type TableFile,
} from './table.ts'

export interface CsvSettings extends DialectSettings {
  readonly encoding: string | null
  readonly header: boolean | 'detect'
  /** The label's column; null if there may be none. */
  readonly label: ColumnKey | null
  /** Whether the study names columns: then there is a header. */
  readonly named: boolean
  /** The names that a header is expected to hold; null if none are known. */
  readonly names: readonly string[] | null
}

/**
 * Opens a text file as a table, also gzipped; what the settings leave open is found out and said in `remarks`.
 * @throws UserError `usage` with the file and the line.
 */
export function openCsv(file: string, settings: CsvSettings): TableFile {
  const { content, encoding } = decodeText(file, settings.encoding)
  const { dialect, sample, commentSign } = detectDialect(file, content, settings)
  const width = sample[0]?.length ?? 0
  if (width === 0) {
    // Where not even the first row can be read, this says why.
    readRows(file, content, dialect, () => {})
    throw malformed(file, 'contains no rows of data')
  }
  const remarks = dialectRemarks(dialect, commentSign, encoding, settings)
  const header = hasHeader(dialect, sample, width, settings, remarks)
  const { comment, skip, decimal } = settings
  const given = { comment, skip, decimal, header: settings.header, encoding: settings.encoding }
  const form: CsvForm = { ...dialect, header, encoding, given }
  return csvFile(file, content, form, header ? sample[0]!.map((name) => name.trim()) : null, sample, remarks)
}

/**
 * Another text file in the form of a first one. Its comments, its header and its encoding are its own: they are found
 * out again unless the study gave them.
 * @param names of the first file's columns; null if it has none
 */
export function openLike(
  file: string,
  form: CsvForm,
  names: readonly string[] | null,
  label: ColumnKey | null,
): TableFile {
  const { comment, skip, header, encoding } = form.given ?? earlierForm(form)
  return openCsv(file, { ...form, comment, skip, header, encoding, names, label, named: false })
}

/** What a network that was kept without it was probably given. */
function earlierForm({ comment, skip, encoding }: CsvForm): Omit<GivenForm, 'decimal'> {
  return { comment, skip, header: 'detect', encoding: encoding.startsWith('utf-') ? null : encoding }
}

/** A text file of a known form; `names` are its columns', from the header or from elsewhere. */
export function csvFile(
  file: string,
  content: Buffer | string,
  form: CsvForm,
  names: readonly string[] | null,
  sample: readonly (readonly string[])[],
  remarks: readonly string[],
): TableFile {
  const rows = sample.slice(form.header ? 1 : 0)
  const width = names?.length ?? sample[0]?.length ?? 0
  const empty = emptyColumns(rows, width)
  return {
    file,
    form,
    names,
    width,
    empty,
    declared: [],
    sample: rows,
    remarks: [
      ...remarks,
      ...Array.from(empty, (place) => `${columnName(place, names)} is empty in every row and is left out`),
    ],
    read: (places, texts, missing) =>
      readColumns({ file, content, form, names, width, empty }, places, texts, missing),
  }
}

function dialectRemarks(
  { delimiter, decimal }: Dialect,
  commentSign: string | null,
  encoding: string,
  settings: CsvSettings,
): string[] {
  const remarks: string[] = []
  if (settings.delimiter === null && delimiter !== ',') {
    remarks.push(`the delimiter is ${delimiter === 'blanks' ? 'runs of blanks' : JSON.stringify(delimiter)}`)
  }
  if (settings.decimal === null && decimal === ',') remarks.push('numbers use a decimal comma')
  if (commentSign !== null) {
    remarks.push(`lines above the table that begin with ${JSON.stringify(commentSign)} are comments`)
  }
  if (settings.encoding === null && encoding !== 'utf-8') remarks.push(`the encoding is ${encoding}`)
  return remarks
}

function hasHeader(
  dialect: Dialect,
  sample: readonly (readonly string[])[],
  width: number,
  { header, label, named, names }: CsvSettings,
  remarks: string[],
): boolean {
  if (header !== 'detect') return header
  if (named || holdsNames(sample[0]!, names ?? [])) return true
  // A file of one line without a name that is known is a row.
  if (names !== null && sample.length === 1) return false
  const used = width - emptyColumns(sample.slice(1), width).size
  const guess = guessHeader(sample, label === null ? null : placeOf(label, null, used), dialect)
  if (guess.reason !== null) remarks.push(`the first line is read as the header: ${guess.reason}`)
  return guess.header
}

/** Whether half of a row are names that are known. */
function holdsNames(row: readonly string[], names: readonly string[]): boolean {
  const known = row.filter((cell) => cell.trim() !== '' && names.includes(cell.trim()))
  return known.length > 0 && known.length * 2 >= row.length
}

/** The columns at the right end that have no cell: a delimiter ends each line. */
function emptyColumns(rows: readonly (readonly string[])[], width: number): ReadonlySet<number> {
  const empty = new Set<number>()
  for (let place = width - 1; place > 0 && rows.length > 0; place--) {
    if (rows.some((row) => (row[place] ?? '').trim() !== '')) break
    empty.add(place)
  }
  return empty
}

type OpenFile = Pick<TableFile, 'file' | 'names' | 'width' | 'empty'> & {
  readonly content: Buffer | string
  readonly form: CsvForm
}

/** If some cells of a column of numbers are not numbers, the file is read again with that column as text. */
function readColumns(
  { file, content, form, names, width, empty }: OpenFile,
  places: readonly number[],
  texts: ReadonlySet<number>,
  missing: MissingWords,
): Table {
  const asTexts = new Set(texts)
  const openPoint = hasOpenPoint(form)
  for (;;) {
    const points = new Map(places.map((place) => [place, new PointGroups()]))
    const builders = new Map(
      places.map((place) => {
        const kind = asTexts.has(place) ? 'text' : 'number'
        return [place, new ColumnBuilder(kind, form, missing, openPoint ? points.get(place)! : null)]
      }),
    )
    const lines: number[] = []
    let rows = form.header ? -1 : 0
    readRows(file, content, form, (cells, line) => {
      if (cells.length !== width) throw raggedRow(file, cells, line, width, names)
      if (rows++ < 0) return
      for (const place of empty) {
        if (cells[place] !== '') throw notEmpty(file, columnName(place, names), cells[place]!, line)
      }
      for (const [place, builder] of builders) {
        builder.add(cells[place]!)
        if (builder.outOfRange !== null) {
          throw outOfRange(file, builder.outOfRange, columnName(place, names), line)
        }
      }
      lines.push(line)
    })
    if (lines.length === 0) throw malformed(file, 'contains no rows of data')
    const wrong = [...builders].filter(([, builder]) => builder.hasTexts)
    if (wrong.length === 0) {
      for (const [place, { doubt }] of points) {
        if (doubt !== null) throw doubtfulPoint(file, doubt, columnName(place, names), lines[doubt.row]!)
      }
      const columns = new Map(
        [...builders].map(([place, builder]): [number, Column] => [place, builder.finish()]),
      )
      return { file, style: form, openPoint, rows: lines.length, columns, lineOf: (row) => lines[row]! }
    }
    for (const [place] of wrong) asTexts.add(place)
  }
}

/** Whether a point was taken for a decimal mark only because the rows do not speak against it. */
function hasOpenPoint({ given, delimiter, decimal, thousands }: CsvForm): boolean {
  return given?.decimal === null && decimal === '.' && thousands === null && delimiter !== ','
}

function raggedRow(
  file: string,
  cells: readonly string[],
  line: number,
  width: number,
  names: readonly string[] | null,
) {
  const sign = /^[#%]/.exec(cells[0] ?? '')?.[0]
  const hint =
    sign !== undefined && line > 1
      ? `If all lines that begin with ${sign} are comments, write comment: "${sign}".`
      : line <= 3
        ? `If the first line is not part of the table, write skip: 1.${names === null ? ' If it names the columns, write header: true.' : ''}`
        : 'A cell that contains the delimiter must be quoted. For lines that are not part of the table, set skip (lines above it) or comment (what they begin with).'
  return malformed(file, `has ${cells.length} cells in line ${line}; the first row has ${width}`, hint, line)
}

function outOfRange(file: string, cell: string, column: string, line: number) {
  return malformed(
    file,
    `has ${quoted(cell)} in line ${line}, ${column}; inputs must lie within ±3.4e38, the range of float32`,
    undefined,
    line,
  )
}

function notEmpty(file: string, column: string, cell: string, line: number) {
  return malformed(
    file,
    `has ${quoted(cell)} in line ${line}, ${column}, which is empty in the lines above`,
    'Leave the column out (drop), or list the columns to use (columns).',
    line,
  )
}
