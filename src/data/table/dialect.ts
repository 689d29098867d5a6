import { malformed } from '../read-file.ts'
import { type NumberStyle, parseNumber } from './cells.ts'
import { type CellSyntax, firstRows, LINE_END } from './parse-csv.ts'

/** What a study says of a text's form; null where it is left to be found out. */
export interface DialectSettings {
  readonly delimiter: string | null
  readonly decimal: '.' | ',' | null
  readonly thousands: string | null
  readonly comment: string | null
  readonly skip: number
}

/** How a text's cells are separated and its numbers written. */
export interface Dialect extends CellSyntax, NumberStyle {}

/** The first part of a text is enough to detect its form: limits in characters and in lines. */
const SAMPLE_LENGTH = 65_536
const SAMPLE_LINES = 20
/** More columns than this make a first layer that no thread can hold, and take minutes to read. */
const MOST_COLUMNS = 100_000
/** In the order in which they are preferred where several would do. */
const DELIMITERS = [',', ';', '\t', '|', 'blanks'] as const
const PLAIN: NumberStyle = { decimal: '.', thousands: null }
const GERMAN: NumberStyle = { decimal: ',', thousands: null }

/** The form of a text, with its first rows as they are then read. */
export interface DetectedDialect {
  readonly dialect: Dialect
  readonly sample: readonly (readonly string[])[]
  /** What begins the comments that were found above the table, which `skip` counts; null if there are none. */
  readonly commentSign: string | null
}

/**
 * Finds out the form of a text from its first lines: the delimiter that cuts all of them into the same number of cells,
 * the decimal mark, and the comments above the table.
 * @throws UserError `usage` if decimal commas and thousands cannot be told apart
 */
export function detectDialect(
  file: string,
  content: Buffer | string,
  settings: DialectSettings,
): DetectedDialect {
  const text = firstLines(content)
  const { skip, thousands } = settings
  checkColumns(file, text, skip)
  const { comment } = settings
  const comments = comment === null ? commentLines(text, skip) : { sign: null, lines: 0 }
  const candidates = settings.delimiter === null ? DELIMITERS : [settings.delimiter]
  let best: { sample: string[][]; delimiter: string; score: number } | null = null
  for (const delimiter of candidates) {
    const sample = firstRows(text, { delimiter, quote: '"', comment, skip: skip + comments.lines })
    const score = fitness(sample)
    if (best === null || score > best.score) best = { sample, delimiter, score }
  }
  const { delimiter, sample } = best!
  const decimal =
    settings.decimal ?? (delimiter === ',' || thousands === ',' ? '.' : decimalMark(file, sample))
  const dialect = { delimiter, quote: '"', decimal, thousands, comment, skip: skip + comments.lines }
  return { dialect, sample, commentSign: comments.sign }
}

/** The beginning of a text up to the end of a line: enough of it for some rows, however long they are. */
function firstLines(content: Buffer | string): string {
  let end = 0
  for (let line = 0; line < SAMPLE_LINES || end < SAMPLE_LENGTH; line++) {
    const next = content.indexOf('\n', end)
    if (next < 0) return content.toString()
    end = next + 1
  }
  return typeof content === 'string' ? content.slice(0, end) : content.subarray(0, end).toString()
}

/** Refuses a table that is too wide before its cells are read. */
function checkColumns(file: string, text: string, skip: number): void {
  const line = text.split(LINE_END, skip + 1)[skip] ?? ''
  if (line.length <= MOST_COLUMNS) return
  const columns = Math.max(
    ...DELIMITERS.map((sign) => line.split(sign === 'blanks' ? /[ \t]+/ : sign).length),
  )
  if (columns <= MOST_COLUMNS) return
  throw malformed(
    file,
    `has ${columns} columns; a table has at most ${MOST_COLUMNS}`,
    'Is the delimiter right?',
  )
}

/** The lines above the table that begin with `#` or `%`. The sign means nothing inside the table: cells begin with it, too. */
function commentLines(text: string, skip: number): { sign: string | null; lines: number } {
  const lines = text.split(LINE_END).slice(skip)
  const sign = /^\s*([#%])/.exec(lines[0]?.replace(/^\uFEFF/, '') ?? '')?.[1]
  if (sign === undefined) return { sign: null, lines: 0 }
  const isAbove = (line: string): boolean =>
    line.trim() === '' || /^\uFEFF?\s*([#%])/.exec(line)?.[1] === sign
  const below = lines.findIndex((line) => !isAbove(line))
  let count = below < 0 ? lines.length : below
  // The sign may also begin the name of a column, or its first cells: then the lines have as many cells as the table.
  const cells = (line: string | undefined): number => (line ?? '').split(/[,;\t|]/).length
  const width = cells(lines[count] ?? lines.findLast((line) => line.trim() !== ''))
  while (count > 0 && width > 1 && (lines[count - 1]!.trim() === '' || cells(lines[count - 1]) === width))
    count--
  return count === 0 ? { sign: null, lines: 0 } : { sign, lines: count }
}

/** How well rows hang together: all of one length, then many numbers among the cells in use, then many columns. */
function fitness(rows: readonly (readonly string[])[]): number {
  const width = rows[0]?.length ?? 0
  if (rows.length === 0 || width < 2) return 0
  const even = rows.filter((row) => row.length === width).length / rows.length
  const cells = rows
    .slice(0, 200)
    .flat()
    .filter((cell) => cell !== '')
  const numbers = cells.filter((cell) => isNumber(cell)).length / Math.max(1, cells.length)
  return (even === 1 ? 2 : even) * 100 + numbers * 10 + Math.min(width, 1000) / 1000
}

function isNumber(cell: string): boolean {
  return !Number.isNaN(parseNumber(cell, PLAIN)) || !Number.isNaN(parseNumber(cell, GERMAN))
}

function decimalMark(file: string, sample: readonly (readonly string[])[]): '.' | ',' {
  const cells = sample.flat()
  const commas = cells.filter((cell) => cell.includes(',') && !Number.isNaN(parseNumber(cell, GERMAN)))
  if (commas.length === 0) return '.'
  const points = cells.filter((cell) => cell.includes('.') && !Number.isNaN(parseNumber(cell, PLAIN)))
  if (points.length > 0) {
    throw malformed(
      file,
      `contains some numbers with a point (${points[0]}) and some with a comma (${commas[0]})`,
      'Say which is which in the data block: decimal: "," or thousands: ",".',
    )
  }
  // 1,234 may be a thousand or one: 0,126 and 1,5 can only be decimals.
  if (commas.every((cell) => /^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(cell.trim()))) {
    throw malformed(
      file,
      `has numbers like ${commas[0]}, where the comma may mark decimals or thousands`,
      'Say which in the data block: decimal: "," or thousands: ",".',
    )
  }
  return ','
}
