import { malformed } from '../read-file.ts'
import { type NumberStyle, parseNumber } from './cells.ts'
import { type ColumnKey, keyOf, placeOf } from './select-columns.ts'
import { type Column, columnName, type Selection, type Table, type TextColumn } from './table.ts'

/** How one column of a table becomes inputs of a network; plain data, kept with the study. */
export interface InputColumn {
  /** The column's place in the study's file, from 0. */
  readonly place: number
  /** Its name; null if the file has none. */
  readonly name: string | null
  /** The levels of a column of texts, in their order; null for a column of numbers. */
  readonly levels: readonly string[] | null
  /** Levels become one number, their place in the order; otherwise each of them has an input of its own, 0 or 1. */
  readonly ordered: boolean
  /** A further input is 1 where the value is missing, else 0. */
  readonly indicator: boolean
}

export interface InputSettings {
  /** Columns whose numbers are names: each value is a level. */
  readonly categorical: readonly ColumnKey[]
  /** Columns of levels that have an order. */
  readonly ordered: Readonly<Record<string, readonly string[]>>
  readonly indicator: boolean
}

const BOOLEANS = [
  ['false', 'true'],
  ['f', 't'],
  ['no', 'yes'],
] as const
/** More levels than that need many rows, or the study's word. */
const FEW_LEVELS = 50
const MOST_LEVELS = 1000

/**
 * Decides how the columns of a table become inputs: numbers as they are, texts as levels.
 * @param remarks gets a sentence for each column that is not taken as its cells look
 * @throws UserError `usage` for columns that are neither, all of a kind in one sentence
 */
export function chooseInputs(
  table: Table,
  { names, width, inputs }: Selection,
  settings: InputSettings,
  remarks: string[],
): InputColumn[] {
  const explicit = new Set(settings.categorical.map((key) => placeOf(key, names, width)))
  const orders = new Map(
    Object.entries(settings.ordered).map(([key, levels]) => [
      placeOf(orderKey(key, names), names, width),
      levels,
    ]),
  )
  const chosen: InputColumn[] = []
  const namesOnly: number[] = []
  for (const place of inputs) {
    const column = table.columns.get(place)!
    if (isEmpty(column)) {
      remarks.push(`${columnName(place, names)} has no value in any row and is left out`)
      continue
    }
    const common = { place, name: names?.[place] ?? null, indicator: settings.indicator && hasGaps(column) }
    if (column.kind === 'number') {
      if (column.padded !== null) {
        remarks.push(
          `${columnName(place, names)} is read as numbers, although some have leading zeros, such as ${JSON.stringify(column.padded)}; if they are codes, write categorical: [${JSON.stringify(keyOf(place, names))}]`,
        )
      }
      chosen.push({ ...common, levels: null, ordered: false })
      continue
    }
    const order = orders.get(place)
    if (order !== undefined) {
      checkOrder(table, column, order, columnName(place, names))
      chosen.push({ ...common, levels: order, ordered: true })
      continue
    }
    if (!explicit.has(place)) {
      checkMixed(table, column, place, names, remarks)
      if (tooManyLevels(column.texts.length, table.rows)) {
        namesOnly.push(place)
        continue
      }
    }
    chosen.push({ ...common, ...levelsOf(column, table.style, columnName(place, names), remarks) })
  }
  if (namesOnly.length > 0) throw tooManyNames(table, namesOnly, names)
  if (chosen.length > 0) return chosen
  throw malformed(table.file, 'has no input column with a value')
}

/** A key of `ordered`, which YAML keeps as a text: a name, or else a number. */
export function orderKey(key: string, names: readonly string[] | null): ColumnKey {
  return names?.includes(key) || !/^-?\d+$/.test(key) ? key : Number(key)
}

function isEmpty(column: Column): boolean {
  return column.kind === 'number' ? column.values.every(Number.isNaN) : column.texts.length === 0
}

export function hasGaps(column: Column): boolean {
  return column.kind === 'number' ? column.values.some(Number.isNaN) : column.codes.includes(-1)
}

function levelsOf(
  { texts }: TextColumn,
  style: NumberStyle,
  name: string,
  remarks: string[],
): Pick<InputColumn, 'levels' | 'ordered'> {
  const lower = [...new Set(texts.map((text) => text.toLowerCase()))].sort()
  if (isTwofold(lower)) {
    if (texts.length > lower.length) {
      remarks.push(`${name} spells ${lower.join(' and ')} in several ways, which are treated as the same`)
    }
    return { levels: lower.map((word) => texts.find((text) => text.toLowerCase() === word)!), ordered: true }
  }
  return { levels: sortTexts(texts, style), ordered: false }
}

/** Whether levels are no and yes in words, which one input tells apart. */
function isTwofold(levels: readonly string[]): boolean {
  return BOOLEANS.some((pair) => pair.join() === levels.join().toLowerCase())
}

/** The place of a text among a column's levels, -1 for none; the case of true, false and the like does not count. */
export function levelOf(text: string, { levels, ordered }: InputColumn): number {
  const exact = levels!.indexOf(text)
  if (exact >= 0 || !ordered || !isTwofold(levels!)) return exact
  return levels!.findIndex((level) => level.toLowerCase() === text.toLowerCase())
}

/** Texts in their usual order: by value if all of them are numbers, otherwise by their characters' codes. */
export function sortTexts(texts: readonly string[], style: NumberStyle): string[] {
  const values = texts.map((text) => parseNumber(text, style))
  if (values.some(Number.isNaN)) return [...texts].sort()
  const order = texts.map((text, i) => ({ text, value: values[i]! }))
  return order.sort((a, b) => a.value - b.value || (a.text < b.text ? -1 : 1)).map(({ text }) => text)
}

/** A column of numbers with a few other cells is broken, unless its values are few and recur: then it has levels. */
function checkMixed(
  table: Table,
  column: TextColumn,
  place: number,
  names: readonly string[] | null,
  remarks: string[],
): void {
  const [name, key] = [columnName(place, names), keyOf(place, names)]
  const words = column.texts.filter((text) => Number.isNaN(parseNumber(text, table.style)))
  if (words.length === column.texts.length || words.length === 0) return
  // Mostly names, a few of which happen to be numbers: too many are refused as names.
  if (words.length * 2 > column.texts.length && column.texts.length > 20) return
  if (column.texts.length <= 20 && table.rows >= 10 * column.texts.length && !words.some(isInfinite)) {
    remarks.push(
      `${name} contains numbers and words; its ${column.texts.length} values are treated as levels`,
    )
    return
  }
  const row = column.codes.indexOf(column.texts.indexOf(words[0]!))
  const line = table.lineOf(row)
  const shown = words[0]!.length > 40 ? `${words[0]!.slice(0, 40)}...` : words[0]!
  throw malformed(
    table.file,
    `has ${JSON.stringify(shown)} in ${placeOfRow(table, row)}, ${name}; inputs must be finite numbers, like the other cells of the column`,
    `${numberAdvice(table, words)}${headerAdvice(table, row, names)}If it stands for a missing value, write missingValues: [${JSON.stringify(shown)}]. If the values are names, write categorical: [${JSON.stringify(key)}]. Or leave the column out with drop: [${JSON.stringify(key)}].`,
    line ?? undefined,
  )
}

/** Whether a text is how programs write an infinite number. */
export function isInfinite(text: string): boolean {
  return /^[+-]?inf(inity)?$/i.test(text)
}

function tooManyLevels(levels: number, rows: number): boolean {
  return (
    levels > MOST_LEVELS || (levels > FEW_LEVELS && levels * 10 > rows) || (rows > 10 && levels * 2 > rows)
  )
}

function tooManyNames(table: Table, places: readonly number[], names: readonly string[] | null) {
  const first = table.columns.get(places[0]!) as TextColumn
  const more = places.length - 1
  const others = more === 0 ? '' : `, and ${more} more ${more === 1 ? 'column has' : 'columns have'} too many`
  const keys = places.map((place) => JSON.stringify(keyOf(place, names))).join(', ')
  const example = first.texts[0]!
  const advice = isDate(example)
    ? `Dates are not read as numbers: leave such columns out (drop: [${keys}]), or convert them to numbers, such as days since a date.`
    : `To leave out columns that only identify a row, write drop: [${keys}].`
  return malformed(
    table.file,
    `has ${first.texts.length} different values in the ${table.rows} rows of ${columnName(places[0]!, names)}, such as ${JSON.stringify(example.slice(0, 40))}: too many for levels${others}`,
    `${numberAdvice(table, first.texts)}${advice} To encode each value anyway, write categorical: [${keys}].`,
    table.lineOf(first.codes.indexOf(0)) ?? undefined,
  )
}

/** What to do about numbers among texts that are written with separators or a unit; empty for other texts. */
function numberAdvice(table: Table, texts: readonly string[]): string {
  const advice = texts.map(adviceFor)
  const first = advice.find((text) => text !== '') ?? ''
  if (table.lineOf(0) !== null) return first
  // Where no text is parsed, its form is no setting.
  const numbers = texts.every((text, i) => !Number.isNaN(parseNumber(text, table.style)) || advice[i] !== '')
  return numbers ? 'These are numbers stored as strings: store them as numbers. ' : ''
}

/** What to do about a word in the first row of a table without a header. */
function headerAdvice(table: Table, row: number, names: readonly string[] | null): string {
  if (row > 0 || names !== null || table.lineOf(0) === null) return ''
  return 'If the first line names the columns, write header: true. '
}

function adviceFor(text: string): string {
  const separator = /^[+-]?\d{1,3}([,.' \u00A0\u202F])\d{3}(\1\d{3})*([.,]\d+)?$/.exec(text)?.[1]
  if (separator !== undefined) {
    return `If these are numbers with thousands separators, write thousands: ${JSON.stringify(separator)}. `
  }
  const hasUnit = /^[+-]?[$€£¥]\s*[\d.,]+$|^[+-]?[\d.,]+\s*[%$€£¥]$/.test(text)
  return hasUnit ? 'Numbers are read without units such as $ or %: remove them from the file. ' : ''
}

/** `2016-06-23 13:40`, `2016-06-23T13:40:00Z`, `23.6.2016`, `6/23/2016`, `Jan 1 2000`. */
function isDate(text: string): boolean {
  return /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|[A-Z][a-z]{2,8} \d{1,2},? \d{4})(?!\d)/.test(
    text,
  )
}

function checkOrder(
  table: Table,
  { codes, texts }: TextColumn,
  order: readonly string[],
  name: string,
): void {
  const unknown = texts.findIndex((text) => !order.includes(text))
  if (unknown < 0) return
  const row = codes.indexOf(unknown)
  throw malformed(
    table.file,
    `has ${JSON.stringify(texts[unknown])} in ${placeOfRow(table, row)}, ${name}, which is not one of its ordered levels`,
    `They are ${order.join(', ')}.`,
    table.lineOf(row) ?? undefined,
  )
}

/** `line 3`, or `row 2` in files without lines; rows count from 1. */
export function placeOfRow(table: Table, row: number): string {
  const line = table.lineOf(row)
  return line === null ? `row ${row + 1}` : `line ${line}`
}
