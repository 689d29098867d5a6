import { countOf, formatCount } from './numbers.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { oneLine, paint, type Span } from './text.ts'

/** What is told of a data set. */
export interface DataFacts {
  /** Where it comes from, in words. */
  readonly source: string
  readonly path: string | null
  readonly rows: number
  readonly testRows: number
  readonly shape: readonly number[]
  readonly type: string
  readonly range: readonly [low: number, high: number]
  readonly mean: number
  readonly classes: readonly { readonly name: string; readonly rows: number; readonly testRows: number }[]
  /** How many rows a study's training, validation and test part get without a `split` of its own. */
  readonly split: Readonly<Record<string, number>>
  readonly hash: string
}

/** A data set for people: what it is, its parts, and how many rows each class has. */
export function renderDataFacts(data: DataFacts, layout: TableLayout): string {
  const parts = Object.entries(data.split).map(([name, rows]) => `${name} ${formatCount(rows)}`)
  const facts: [string, string][] = [
    ['source', data.source],
    ...(data.path === null ? [] : [['path', data.path] as [string, string]]),
    [
      'rows',
      `${formatCount(data.rows)}${data.testRows > 0 ? `, ${formatCount(data.testRows)} of them set apart for testing` : ''}`,
    ],
    [
      'shape',
      `${data.shape.join(' x ')} ${data.type}, ${number(data.range[0])} to ${number(data.range[1])}, mean ${number(data.mean)}`,
    ],
    ['split', `${parts.join(', ')} (by default)`],
    ['classes', countOf(data.classes.length, 'class', 'classes')],
    ['hash', `sha256 ${data.hash}`],
  ]
  const lines = facts.map(([name, text]): Span[] => [
    { text: name.padEnd(8), tone: 'dim' },
    `  ${oneLine(text)}`,
  ])
  const columns: Column<DataFacts['classes'][number]>[] = [
    { title: 'LABEL', align: 'right', cell: (_, index) => String(index) },
    { title: 'CLASS', align: 'left', cell: ({ name }) => name },
    { title: 'ROWS', align: 'right', cell: ({ rows }) => formatCount(rows) },
  ]
  if (data.testRows > 0) {
    columns.push({ title: 'FOR TESTING', align: 'right', cell: ({ testRows }) => formatCount(testRows) })
  }
  const text = lines.map((line) => `${paint(line, layout.colour)}\n`).join('')
  return [text, renderTable(columns, data.classes, layout).text].filter((part) => part !== '').join('\n')
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}
