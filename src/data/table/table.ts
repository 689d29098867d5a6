import { shorten } from '../../text/quote.ts'
import type { MissingWords, NumberStyle } from './cells.ts'

/** A column of numbers; NaN where a value is missing. */
export interface NumberColumn {
  readonly kind: 'number'
  readonly values: Float64Array
  /** The first number that is written with zeros before it, as codes are: `00501`; null if none is. */
  readonly padded: string | null
}

/** A column of texts: each row's place among the distinct texts, -1 where a value is missing. */
export interface TextColumn {
  readonly kind: 'text'
  readonly codes: Int32Array
  /** The distinct texts, in the order in which they first occur. */
  readonly texts: readonly string[]
}

export type Column = NumberColumn | TextColumn

/** A table as its file holds it, by columns. */
export interface Table {
  readonly file: string
  /** How its numbers are written. */
  readonly style: NumberStyle
  /** Whether nothing but the cells says that a point marks decimals: it may separate thousands. */
  readonly openPoint: boolean
  readonly rows: number
  /** The columns that were asked for, by their place in the file from 0. */
  readonly columns: ReadonlyMap<number, Column>
  /** The line of a row, from 1; null where a format has no lines. */
  lineOf(row: number): number | null
}

/** What a file's columns are called and which of them are used. */
export interface Selection {
  /** The names of all columns of the file, in its order; null if it has none. */
  readonly names: readonly string[] | null
  /** How many columns the file has. */
  readonly width: number
  /** The place of the label's column; null without one. */
  readonly label: number | null
  /** The places of the input columns, in the file's order. */
  readonly inputs: readonly number[]
}

/** `column 2 ("age")`, counted from 1 as editors and spreadsheets do. */
export function columnName(place: number, names: readonly string[] | null): string {
  const name = names?.[place]
  return name === undefined || name === ''
    ? `column ${place + 1}`
    : `column ${place + 1} ("${shorten(name, 40)}")`
}

/** A name or a cell in quotes, as a sentence has room for it. */
export function quoted(text: string): string {
  return JSON.stringify(shorten(text, 40))
}

/** Some of the names, for a hint. */
export function listNames(names: readonly string[]): string {
  return `${names
    .slice(0, 12)
    .map((name) => shorten(name, 40))
    .join(', ')}${names.length > 12 ? ', ...' : ''}`
}

/** A file of a table whose form is known, before its rows are read. */
export interface TableFile {
  readonly file: string
  /** How a text file is cut into cells; null for other formats. */
  readonly form: CsvForm | null
  readonly names: readonly string[] | null
  readonly width: number
  /** Places of columns that have no cell at all: a delimiter ends each line. */
  readonly empty: ReadonlySet<number>
  /** Places of columns that the format itself declares to hold names. */
  readonly declared: readonly number[]
  /** The first rows as texts, without the header. */
  readonly sample: readonly (readonly string[])[]
  /** What was found out, in sentences. */
  readonly remarks: readonly string[]
  /** Reads the columns at these places, those of `texts` as texts and the others as numbers if all their cells are. */
  read(places: readonly number[], texts: ReadonlySet<number>, missing: MissingWords): Table
}

/** How a text file is read: its cells, its numbers, and whether its first row names the columns. */
export interface CsvForm {
  /** One character, or `blanks` for runs of spaces and tabs. */
  readonly delimiter: string
  readonly quote: string
  readonly decimal: '.' | ','
  readonly thousands: string | null
  /** What begins a comment wherever a line stands; null for none. */
  readonly comment: string | null
  /** How many lines come before the table, comments above it included. */
  readonly skip: number
  readonly header: boolean
  readonly encoding: string
  /** What the study said of its file; another file may differ in what was found out. Absent in networks kept earlier. */
  readonly given?: GivenForm
}

/** The part of a text's form that one file may have and another like it may not; null where it is to be found out. */
export interface GivenForm {
  readonly comment: string | null
  readonly skip: number
  readonly header: boolean | 'detect'
  readonly encoding: string | null
  readonly decimal: '.' | ',' | null
}
