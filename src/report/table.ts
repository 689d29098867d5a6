import { table } from 'table'
import { countOf } from './numbers.ts'
import { displayWidth, oneLine, paint, type Span, truncate } from './text.ts'

/** One column of a table: how its cells are made from a row, and how they stand below each other. */
export interface Column<Row> {
  readonly title: string
  /** What stands there if another column has the same title. */
  readonly fullTitle?: string
  /** `decimal` puts the decimal points (or the ends of whole numbers) below each other. */
  readonly align: 'left' | 'right' | 'decimal'
  readonly cell: (row: Row, index: number) => Span
  /** Longer cells are cut; by default 32 columns of the terminal. */
  readonly maxWidth?: number
  /** True if the column may be left out where the window is too narrow. */
  readonly optional?: boolean
}

export interface TableLayout {
  /** Columns of the window; null if it does not matter, because no person's window shows it. */
  readonly width: number | null
  readonly colour: boolean
}

export interface RenderedTable {
  /** With a line break at the end; empty if there are no rows. */
  readonly text: string
  /** Titles of the columns that did not fit. */
  readonly hidden: readonly string[]
}

/** `5 columns not shown (reg, dropout, …): widen the terminal, or choose with --columns.`; empty if all are shown. */
export function hiddenColumnsLine({ hidden }: RenderedTable, way: string): string {
  if (hidden.length === 0) return ''
  const names = hidden.slice(0, 4).map((name) => name.toLowerCase())
  if (hidden.length > 4) names.push('…')
  return `${countOf(hidden.length, 'column')} not shown (${names.join(', ')}): widen the terminal, or ${way}.`
}

const GAP = 2

/** Above this many rows the lines are joined here: the library looks at each cell again, 0.2 ms per row. */
const LONG_TABLE = 500

/** A table without borders. Columns that are `optional` go, the last first, until the rest fits into the window. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  layout: TableLayout,
): RenderedTable {
  if (rows.length === 0) return { text: '', hidden: [] }
  const made = columns.map((column) => makeColumn({ ...column, title: titleAmong(columns, column) }, rows))
  const hidden: string[] = []
  const shown = [...made]
  const total = () => shown.reduce((sum, column) => sum + column.width + GAP, -GAP)
  while (layout.width !== null && total() > layout.width) {
    const last = shown.findLastIndex((column) => column.optional)
    if (last < 0) break
    hidden.unshift(shown.splice(last, 1)[0]!.title)
  }
  return { text: drawTable(shown, layout.colour), hidden }
}

function titleAmong<Row>(columns: readonly Column<Row>[], { title, fullTitle = title }: Column<Row>): string {
  return columns.filter((column) => column.title === title).length > 1 ? fullTitle : title
}

interface MadeColumn {
  readonly title: string
  readonly right: boolean
  readonly optional: boolean
  readonly width: number
  readonly cells: readonly Span[]
}

function makeColumn<Row>(column: Column<Row>, rows: readonly Row[]): MadeColumn {
  const spans = rows.map((row, index) => withText(column.cell(row, index), (text) => clean(text, column)))
  const cells = column.align === 'decimal' ? alignDecimals(spans) : spans
  const title = oneLine(column.title)
  const width = cells.reduce(
    (widest, cell) => Math.max(widest, displayWidth(textOf(cell))),
    displayWidth(title),
  )
  return { title, right: column.align !== 'left', optional: column.optional === true, width, cells }
}

function clean(text: string, column: { readonly maxWidth?: number }): string {
  return truncate(oneLine(text), column.maxWidth ?? 32)
}

/** Pads cells behind their last digit so that, set to the right, all decimal points share a column. */
function alignDecimals(cells: readonly Span[]): Span[] {
  const tails = cells.map((cell) => {
    const text = textOf(cell)
    const point = text.search(/[.e]/)
    return /^-?\d/.test(text) && point >= 0 ? text.length - point : 0
  })
  const longest = tails.reduce((most, tail) => Math.max(most, tail), 0)
  return cells.map((cell, i) => {
    const text = textOf(cell)
    const isNumber = /^-?\d/.test(text)
    return isNumber ? withText(cell, () => text + ' '.repeat(longest - tails[i]!)) : cell
  })
}

function drawTable(columns: readonly MadeColumn[], colour: boolean): string {
  const count = columns[0]?.cells.length ?? 0
  // Spaces stay outside of the colours, so that those at the end of a line can go.
  const place = (column: MadeColumn, span: Span): string => {
    const text = textOf(span)
    const room = ' '.repeat(Math.max(0, column.width - displayWidth(text)))
    const bare = text.trimEnd()
    const tail = text.slice(bare.length) + (column.right ? '' : room)
    return (column.right ? room : '') + paint([withText(span, () => bare)], colour) + tail
  }
  const head = columns.map((column) => place(column, { text: column.title, tone: 'dim' }))
  const body = Array.from({ length: count }, (_, i) =>
    columns.map((column) => place(column, column.cells[i]!)),
  )
  const lines = count > LONG_TABLE ? joinRows([head, ...body]) : layOut([head, ...body])
  return lines.replace(/ +$/gm, '')
}

function layOut(rows: readonly string[][]): string {
  return table(rows, {
    border: { bodyLeft: '', bodyRight: '', bodyJoin: '' },
    columnDefault: { paddingLeft: 0, paddingRight: GAP },
    drawHorizontalLine: () => false,
  })
}

/** The same lines as `layOut` makes. */
function joinRows(rows: readonly string[][]): string {
  return `${rows.map((row) => row.join(' '.repeat(GAP))).join('\n')}\n`
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text
}

function withText(span: Span, change: (text: string) => string): Span {
  return typeof span === 'string' ? change(span) : { text: change(span.text), tone: span.tone }
}
