import { CsvError, parse } from 'csv-parse/sync'
import { malformed, readWholeFile } from './read-file.ts'

/** A decimal number as tables hold it; `nan`, `inf` and hexadecimal are none. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i
/** What stands where a number is missing: no name of a column. */
const MISSING = /^([+-]?nan|[+-]?inf(inity)?|na|n\/a|null|none|-|\?|)$/i

export interface CsvOptions {
  readonly delimiter: string
  readonly header: boolean | 'detect'
  /** The label's column by name or number (negative: from the end); null if all columns are inputs. */
  readonly label: string | number | null
  /** If given, so many input columns are wanted: a table with just these has no label column. */
  readonly inputs?: number
}

/** A table of numbers (rows, columns) row-major, with the texts of its label column. */
export interface CsvTable {
  readonly values: Float64Array
  readonly columns: number
  /** Empty without a label column. */
  readonly labels: readonly string[]
}

/**
 * Reads a table, also gzipped: every cell but the label's must be a number, and every row as long as the first.
 * @throws UserError `usage` with the file and the line.
 */
export function readCsv(file: string, options: CsvOptions): CsvTable {
  const text = readWholeFile(file)
  checkColumns(file, text, options.delimiter)
  const collected = new TableBuilder(file, options)
  try {
    parse(text, {
      bom: true,
      delimiter: options.delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: readonly string[], context) => {
        collected.add(record, context.lines)
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as CsvError & { readonly lines?: number }
    throw malformed(file, `is no readable table: ${error.message}`, undefined, lines)
  }
  return collected.finish()
}

/** More columns than this make a first layer that no thread can hold, and take minutes to read. */
const MOST_COLUMNS = 100_000

/** Refuses a table that is too wide before its cells are read. */
function checkColumns(file: string, text: Uint8Array, delimiter: string): void {
  const [separator, quote, newline] = [delimiter.charCodeAt(0), 0x22, 0x0a]
  let columns = 1
  let isQuoted = false
  for (const byte of text) {
    if (byte === quote) isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (byte === newline) break
    else if (byte === separator) columns += 1
  }
  if (columns > MOST_COLUMNS) {
    throw malformed(
      file,
      `has ${columns} columns; a table has at most ${MOST_COLUMNS}`,
      'Is the delimiter right?',
    )
  }
}

/** Takes a table's rows one by one, so that a large file is never held as texts. */
class TableBuilder {
  readonly #file: string
  readonly #options: CsvOptions
  readonly #labels: string[] = []
  #values = new Float64Array(1024)
  #length = 0
  /** -1 before the first row. */
  #width = -1
  #labelColumn: number | null = null

  constructor(file: string, options: CsvOptions) {
    this.#file = file
    this.#options = options
  }

  add(cells: readonly string[], line: number): void {
    if (this.#width < 0 && this.#begin(cells)) return
    if (cells.length !== this.#width) {
      throw malformed(
        this.#file,
        `has ${cells.length} cells in line ${line}; the first row has ${this.#width}`,
        undefined,
        line,
      )
    }
    if (this.#length + cells.length > this.#values.length) this.#grow(cells.length)
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column]!
      if (column === this.#labelColumn) this.#addLabel(cell, line)
      else this.#values[this.#length++] = this.#number(cell, line, column)
    }
  }

  finish(): CsvTable {
    if (this.#length === 0) throw malformed(this.#file, 'holds no row of data')
    const columns = this.#width - (this.#labelColumn === null ? 0 : 1)
    return { values: this.#values.subarray(0, this.#length), columns, labels: this.#labels }
  }

  /** Looks at the first row; true if it is the header. */
  #begin(cells: readonly string[]): boolean {
    this.#width = cells.length
    const { header, label } = this.#options
    const names = cells.map((cell) => cell.trim())
    this.#labelColumn =
      label === null || this.#options.inputs === this.#width ? null : this.#findLabel(label, names)
    if (this.#width - (this.#labelColumn === null ? 0 : 1) === 0) {
      throw malformed(this.#file, 'has no column of inputs beside the label', 'Is the delimiter right?')
    }
    if (header !== 'detect') return header
    if (typeof label === 'string') return true
    const inputs = names.filter((_, column) => column !== this.#labelColumn)
    return !inputs.some(isNumber) && inputs.some((name) => !MISSING.test(name))
  }

  #findLabel(label: string | number, names: readonly string[]): number {
    const column = typeof label === 'string' ? names.indexOf(label) : label < 0 ? names.length + label : label
    if (column >= 0 && column < names.length) return column
    if (typeof label === 'number') {
      throw malformed(this.#file, `has ${names.length} columns; label ${label} is none of them`)
    }
    throw malformed(
      this.#file,
      `has no column "${label}"`,
      `Its columns are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}.`,
      1,
    )
  }

  #addLabel(cell: string, line: number): void {
    const text = cell.trim()
    if (text === '') throw malformed(this.#file, `has no label in line ${line}`, undefined, line)
    this.#labels.push(text)
  }

  #number(cell: string, line: number, column: number): number {
    const value = isNumber(cell) ? Number(cell) : Number.NaN
    if (Number.isFinite(Math.fround(value))) return value
    const got = cell.length > 40 ? `${cell.slice(0, 40)}...` : cell
    const rule = Number.isFinite(value)
      ? 'inputs must lie within ±3.4e38, the range of float32'
      : 'inputs must be finite numbers'
    throw malformed(
      this.#file,
      `has ${JSON.stringify(got)} in line ${line}, column ${column + 1}; ${rule}`,
      undefined,
      line,
    )
  }

  #grow(needed: number): void {
    const larger = new Float64Array(Math.max(2 * this.#values.length, this.#length + needed))
    larger.set(this.#values.subarray(0, this.#length))
    this.#values = larger
  }
}

function isNumber(cell: string): boolean {
  return NUMBER.test(cell)
}
