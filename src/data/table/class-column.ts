import type { UserError } from '../../errors.ts'
import { FEW, type MeasuredLabels, measuredLabels } from '../measured-labels.ts'
import { malformed } from '../read-file.ts'
import { type NumberStyle, parseNumber } from './cells.ts'
import { isInfinite, placeOfRow } from './input-columns.ts'
import { columnName, type Selection, type Table, type TextColumn } from './table.ts'

export interface ClassSettings {
  /** What happens to rows without a label, or with one that looks like a summary line's. */
  readonly unlabelled: 'error' | 'drop' | 'class'
  /** Other names for labels: `{ '>50K.': '>50K' }`. */
  readonly rename: Readonly<Record<string, string>>
  /** True if the study says that the labels are classes: numbers with many values are not questioned. */
  readonly sure: boolean
}

/** The labels of a table's rows. */
export interface ClassColumn {
  /** Each row's label; null for rows that are left out. */
  readonly labels: readonly (string | null)[]
  readonly remarks: readonly string[]
  readonly cautions: readonly string[]
}

const SUMMARY = /^(grand\s+|sub)?(totals?|sum|average|mean|count)\b/i

/**
 * The class of each row, from the label's column.
 * @throws UserError `usage` for missing labels and labels that are not classes, unless the settings say what to do
 */
export function readClasses(table: Table, selection: Selection, settings: ClassSettings): ClassColumn {
  const column = labelColumn(table, selection)
  const name = columnName(selection.label!, selection.names)
  const texts = column.texts.map((text) => renamed(text, settings))
  const remarks: string[] = []
  const odd = summaryText(column, texts, table.style)
  const gaps = column.codes.reduce((count, code) => count + (code < 0 ? 1 : 0), 0)
  const count = gaps + (odd === null ? 0 : 1)
  if (count > 0 && settings.unlabelled === 'error') throw missingLabel(table, column, name, gaps, odd)
  if (count > 0 && settings.unlabelled === 'drop') {
    remarks.push(
      `${count} ${count === 1 ? 'row' : 'rows'} without a label in ${name} ${count === 1 ? 'is' : 'are'} left out`,
    )
  }
  const labels = Array.from(column.codes, (code) => {
    if (code < 0) return settings.unlabelled === 'class' ? '(missing)' : null
    return code === odd && settings.unlabelled === 'drop' ? null : texts[code]!
  })
  if (!settings.sure) checkClasses(table, selection, labels)
  const distinct = [...new Set(labels.filter((label) => label !== null))]
  const many = settings.sure ? [] : manyNumbersCaution(distinct, name, table.style)
  return { labels, remarks, cautions: [...many, ...alikeCautions(distinct, table.style)] }
}

/** The label's column as texts. */
export function labelColumn(table: Table, { label }: Selection): TextColumn {
  const column = table.columns.get(label!)!
  if (column.kind === 'text') return column
  const places = new Map<string, number>()
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1
    const text = String(value)
    const known = places.get(text) ?? places.size
    places.set(text, known)
    return known
  })
  return { kind: 'text', codes, texts: [...places.keys()] }
}

/** The code of a label that occurs once, at the end, and looks like a summary line's: `Total`, or a word among numbers. */
export function summaryText(
  { codes }: TextColumn,
  texts: readonly string[],
  style: NumberStyle,
): number | null {
  const code = codes.at(-1)!
  if (code < 0 || codes.indexOf(code) !== codes.length - 1 || texts.length < 2) return null
  if (SUMMARY.test(texts[code]!)) return code
  const others = texts.filter((_, i) => i !== code)
  const word = Number.isNaN(parseNumber(texts[code]!, style))
  return word && others.every((text) => !Number.isNaN(parseNumber(text, style))) ? code : null
}

function missingLabel(
  table: Table,
  column: TextColumn,
  name: string,
  gaps: number,
  odd: number | null,
): UserError {
  const row = gaps > 0 ? column.codes.indexOf(-1) : column.codes.length - 1
  const where = placeOfRow(table, row)
  const rule =
    gaps > 0
      ? `has no label in ${where}, ${name}${gaps > 1 ? ` (${gaps} such rows)` : ''}`
      : `has the label ${JSON.stringify(column.texts[odd!])} only in its last row, ${where}, ${name}: is that a summary line?`
  return malformed(
    table.file,
    rule,
    'Write unlabelled: drop in the data block to leave such rows out, or unlabelled: class to make them a class.',
    table.lineOf(row) ?? undefined,
  )
}

/** What speaks for measured numbers in the label's column, which a network can predict as such; null for classes. */
export function measuredLabel(
  table: Table,
  selection: Selection,
  settings: ClassSettings,
): MeasuredLabels | null {
  const column = labelColumn(table, selection)
  const texts = column.texts.map((text) => renamed(text, settings))
  // A summary line is left out or refused either way: it must not decide what is predicted.
  const odd = settings.unlabelled === 'class' ? null : summaryText(column, texts, table.style)
  const labels = Array.from(column.codes, (code) => (code < 0 || code === odd ? null : texts[code]!))
  const parse = (label: string): number =>
    isInfinite(label) ? Number.POSITIVE_INFINITY : parseNumber(label, table.style)
  const measured = measuredLabels(labels, parse)
  return measured?.numeric === true ? measured : null
}

function renamed(text: string, { rename }: ClassSettings): string {
  return Object.hasOwn(rename, text) ? rename[text]! : text
}

/** Refuses labels that are measured rather than named. */
function checkClasses(table: Table, selection: Selection, labels: readonly (string | null)[]): void {
  const measured = measuredLabels(labels, (text) => parseNumber(text, table.style))
  if (measured === null) return
  const { distinct, rows, numeric } = measured
  const { label, names } = selection
  const name = columnName(label!, names)
  const other = likelyLabel(table, selection)
  const hint =
    other !== null
      ? `Is the label another column? Write label: ${JSON.stringify(names?.[other] ?? other)}.${numeric ? ` To predict ${name}, write task: regression.` : ''}`
      : numeric
        ? 'To predict a number, write task: regression; if the numbers are classes, write task: classification. If the label is another column, write label: NAME.'
        : 'Is the label another column? Write label: NAME, or its number from 0. If these are classes, write task: classification.'
  throw malformed(
    table.file,
    `has ${distinct} different ${numeric ? 'numbers' : 'values'} in the ${rows} rows of ${name}, its label: too many for classes`,
    hint,
  )
}

/**
 * Another column that looks more like the label: by its name, or, of a table without names, the first one if it numbers
 * a few classes. Null if there is none.
 */
export function likelyLabel({ columns }: Table, { label, names }: Selection): number | null {
  if (names !== null) {
    const place = names.findIndex((text, at) => at !== label && LIKELY_LABEL.test(text))
    return place < 0 ? null : place
  }
  const first = label === 0 ? undefined : columns.get(0)
  if (first?.kind !== 'number') return null
  const codes = [...new Set(first.values)].sort((a, b) => a - b)
  const low = codes[0]!
  const few = codes.length >= 2 && codes.length <= MOST_LIKELY_CLASSES && (low === 0 || low === 1)
  return few && codes.every((code, i) => code === low + i) ? 0 : null
}

/** A column with more values is no likely label unless it is called one. */
const MOST_LIKELY_CLASSES = 10

const LIKELY_LABEL = /^(labels?|class(es)?|target|outcome|diagnosis|species)$/i

/** A caution for classes that are many numbers. */
function manyNumbersCaution(labels: readonly string[], name: string, style: NumberStyle): string[] {
  if (labels.length <= FEW || labels.some((text) => Number.isNaN(parseNumber(text, style)))) return []
  return [
    `${name}, the label, has ${labels.length} different numbers, which are treated as classes; to predict a number, write task: regression`,
  ]
}

/** A caution for classes that differ in nothing but case, blanks or a full stop at the end. */
function alikeCautions(labels: readonly string[], style: NumberStyle): string[] {
  const seen = new Map<string, string>()
  const cautions: string[] = []
  for (const label of labels) {
    const plain = label.trim().replace(/\.$/, '').replace(/\s+/g, ' ').toLowerCase().normalize('NFKC')
    const other = seen.get(plain)
    const number = parseNumber(plain, style)
    const key = other === undefined && !Number.isNaN(number) ? `= ${number}` : plain
    const same = other ?? seen.get(key)
    if (same === undefined) {
      seen.set(plain, label)
      seen.set(key, label)
    } else {
      cautions.push(
        `classes ${JSON.stringify(same)} and ${JSON.stringify(label)} are almost the same; if they are the same class, write rename: { ${JSON.stringify(label)}: ${JSON.stringify(same)} }`,
      )
    }
  }
  return cautions
}
