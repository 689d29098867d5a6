import { countOf, formatCount } from './numbers.ts'
import { type Column, renderTable, type TableLayout } from './table.ts'
import { oneLine, paint, type Span } from './text.ts'

/** What is reported about a data set. */
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
  /** The number that is predicted; null for classes. */
  readonly target: TargetFacts | null
  /** Each column of a table; null for arrays and images. */
  readonly tableColumns: readonly ColumnFacts[] | null
  /** How many rows a study's training, validation and test part get. */
  readonly split: Readonly<Record<string, number>>
  /** What is done to the inputs, in words. */
  readonly steps: readonly string[]
  readonly remarks: readonly string[]
  readonly cautions: readonly string[]
  readonly hash: string
}

export interface TargetFacts {
  readonly name: string
  readonly range: readonly [low: number, high: number]
  readonly mean: number
  readonly deviation: number
}

/** What is reported about a column of a table. */
export interface ColumnFacts {
  readonly name: string
  readonly kind: string
  readonly range: readonly [low: number, high: number] | null
  readonly missing: number
  readonly levels: readonly { readonly name: string; readonly rows: number }[] | null
  readonly constant: boolean
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
    ['split', parts.join(', ')],
    ['inputs', data.steps.length === 0 ? 'as they are' : data.steps.join(', ')],
    data.target === null
      ? ['classes', countOf(data.classes.length, 'class', 'classes')]
      : ['target', describeTarget(data.target)],
    ['hash', `sha256 ${data.hash}`],
    ...data.remarks.map((remark): [string, string] => ['found', remark]),
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
  const cautions = data.cautions.map((caution): Span[] => [
    { text: `Caution: ${oneLine(caution)}.`, tone: 'warning' },
  ])
  const text = [...lines, ...cautions].map((line) => `${paint(line, layout.colour)}\n`).join('')
  const tables = [
    ...(data.tableColumns === null ? [] : [renderColumns(data.tableColumns, layout)]),
    data.target === null ? renderTable(columns, data.classes, layout).text : '',
  ]
  return [text, ...tables].filter((part) => part !== '').join('\n')
}

function describeTarget({ name, range: [low, high], mean, deviation }: TargetFacts): string {
  return `${name}, a number: ${number(low)} to ${number(high)}, mean ${number(mean)}, deviation ${number(deviation)}`
}

/** More levels than that are counted, not listed. */
const LISTED_LEVELS = 6

function renderColumns(facts: readonly ColumnFacts[], layout: TableLayout): string {
  const columns: Column<ColumnFacts>[] = [
    { title: 'COLUMN', align: 'left', cell: ({ name }) => oneLine(name) },
    { title: 'KIND', align: 'left', cell: ({ kind }) => kind },
    { title: 'MISSING', align: 'right', cell: ({ missing }) => (missing === 0 ? '' : formatCount(missing)) },
    { title: 'VALUES', align: 'left', cell: columnValues },
  ]
  return renderTable(columns, facts, layout).text
}

function columnValues({ range, levels, constant }: ColumnFacts): string {
  if (levels !== null) {
    const listed = levels
      .slice(0, LISTED_LEVELS)
      .map(({ name, rows }) => `${oneLine(name)} ${formatCount(rows)}`)
      .join(', ')
    const more = levels.length - LISTED_LEVELS
    return `${listed}${more > 0 ? `, and ${countOf(more, 'level')} more` : ''}`
  }
  if (range === null) return ''
  return constant ? `${number(range[0])} in all rows` : `${number(range[0])} to ${number(range[1])}`
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}
