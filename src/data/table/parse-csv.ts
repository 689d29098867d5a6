import { CsvError, parse } from 'csv-parse/sync'
import { malformed } from '../read-file.ts'

/** How the cells of a text are separated. */
export interface CellSyntax {
  /** One character, or `blanks` for runs of spaces and tabs. */
  readonly delimiter: string
  readonly quote: string
  /** The prefix of comment lines; null for none. */
  readonly comment: string | null
  /** How many lines come before the table. */
  readonly skip: number
}

/** Takes the rows one by one, so that a large file is never held as texts. `line` counts from 1. */
export type RowReader = (cells: readonly string[], line: number) => void

/** Each of them ends a line, also where a file has several kinds. */
export const LINE_END = /\r\n|\n|\r/

const BLANKS = 'blanks'

/**
 * Hands each row of a text to `read`. Blanks around an unquoted cell are stripped.
 * @throws UserError `usage` with the line, where the quotes do not fit
 */
export function readRows(file: string, content: Buffer | string, syntax: CellSyntax, read: RowReader): void {
  const { delimiter, quote, comment, skip } = syntax
  const rest = withoutLines(content, skip)
  const text = delimiter === BLANKS ? collapseBlanks(rest.toString()) : rest
  let lastLine = 0
  // The parser counts a line end of two characters inside a cell as two lines.
  let countedTwice = 0
  try {
    parse(text, {
      bom: true,
      delimiter: delimiter === BLANKS ? ' ' : delimiter,
      // Otherwise the first line would decide, and all others that end differently would be one.
      record_delimiter: ['\r\n', '\n', '\r'],
      quote,
      escape: quote === "'" ? '\\' : quote,
      comment: comment ?? '',
      comment_no_infix: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record: readonly string[], context) => {
        if (context.lines - countedTwice > lastLine + 1) countedTwice += lineEndsOfTwo(record)
        lastLine = context.lines - countedTwice
        read(record, lastLine + skip)
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') throw unclosed(file, text.toString(), syntax, lastLine)
    throw unreadable(file, error, syntax, countedTwice)
  }
}

function lineEndsOfTwo(cells: readonly string[]): number {
  return cells.reduce((count, cell) => count + cell.split('\r\n').length - 1, 0)
}

/** The first rows of a text, as far as they can be read in that way; for finding out how to read it. */
export function firstRows(content: string, syntax: CellSyntax): string[][] {
  const rows: string[][] = []
  try {
    readRows('', content, syntax, (cells) => rows.push([...cells]))
  } catch {
    // What was read before the quotes stopped fitting is enough to judge by.
  }
  return rows
}

function withoutLines(content: Buffer | string, count: number): Buffer | string {
  let start = 0
  for (let line = 0; line < count; line++) {
    const newline = content.indexOf('\n', start)
    const end = newline < 0 ? content.length : newline
    const carriage = sliced(content, start, end).indexOf('\r')
    if (newline < 0 && carriage < 0) return ''
    // One that stands alone ends the line; before a newline it belongs to that.
    start += carriage >= 0 && start + carriage !== newline - 1 ? carriage + 1 : end + 1 - start
  }
  return start === 0 ? content : sliced(content, start, content.length)
}

/** A part of a text; of bytes without a copy. */
function sliced(content: Buffer | string, start: number, end: number): Buffer | string {
  return typeof content === 'string' ? content.slice(start, end) : content.subarray(start, end)
}

/** Runs of spaces and tabs become one space, and none at the ends of a line; quoted texts stay as they are. */
function collapseBlanks(text: string): string {
  return text
    .replace(/"(?:[^"]|"")*"|[ \t]+/g, (piece) => (piece.startsWith('"') ? piece : ' '))
    .replace(/^ | $/gm, '')
    .replace(/ (?=\r)/g, '')
}

/** The parser knows where the text ends; the cell begins with the first quote after the last whole row. */
function unclosed(file: string, text: string, { quote, skip }: CellSyntax, lastLine: number) {
  const lines = text.split(LINE_END)
  const place = lines.findIndex((line, i) => i >= lastLine && line.includes(quote))
  const line = place + 1 + skip
  return malformed(
    file,
    `cannot be read as a table: a quoted cell that begins in line ${line} is never closed`,
    undefined,
    line,
  )
}

function unreadable(file: string, error: CsvError, { delimiter, skip }: CellSyntax, countedTwice: number) {
  const { lines, message } = error as CsvError & { readonly lines?: number }
  const line = lines === undefined ? undefined : lines - countedTwice + skip
  const at = line === undefined ? '' : ` in line ${line}`
  if (error.code === 'CSV_INVALID_CLOSING_QUOTE') {
    const next = /got "(.)"/s.exec(message)?.[1]
    const asked =
      next !== undefined && /[;|\t:]/.test(next)
        ? `Is the delimiter ${JSON.stringify(next)}? Write it in the data block: delimiter: ${JSON.stringify(next)}.`
        : 'Inside a quoted cell a quote is written twice: "".'
    return malformed(
      file,
      `cannot be read as a table: a quoted cell${at} continues after its closing quote with ${JSON.stringify(next ?? '')}, where ${JSON.stringify(delimiter)} must follow`,
      asked,
      line,
    )
  }
  if (error.code === 'INVALID_OPENING_QUOTE') {
    return malformed(
      file,
      `cannot be read as a table: a cell${at} has a quote inside, but is not quoted itself`,
      'Quote the whole cell, and write each quote inside it twice: "".',
      line,
    )
  }
  return malformed(file, `cannot be read as a table: ${message}`, undefined, line)
}
