import { shorten } from '../../text/quote.ts'
import { numberClasses, numberTargets } from '../class-labels.ts'
import type { TableConfig } from '../data-config.ts'
import { type DataSet, type InputLayout, sharedFloat64s } from '../data-set.ts'
import { regressionRemark } from '../measured-labels.ts'
import { malformed } from '../read-file.ts'
import { MissingWords } from './cells.ts'
import { type ClassSettings, labelColumn, likelyLabel, measuredLabel, readClasses } from './class-column.ts'
import { levelColumns, unusedNames } from './column-roles.ts'
import { encodeInputs } from './encode-inputs.ts'
import { chooseInputs, hasGaps, type InputColumn, placeOfRow } from './input-columns.ts'
import { matchTable } from './match-table.ts'
import type { TableReading } from './reading.ts'
import { selectColumns } from './select-columns.ts'
import { columnName, listNames, quoted, type Selection, type Table, type TableFile } from './table.ts'
import { readTargets } from './target-column.ts'

/**
 * The data set of a table: its label numbered, its inputs as numbers; a second file is its test part.
 * @throws UserError `usage` that names the file, the place and a way out
 */
export function tableSet(
  format: TableReading['format'],
  opened: TableFile,
  test: TableFile | null,
  config: TableConfig,
): DataSet {
  const { names, width } = opened
  const selection = selectColumns(opened.file, names, width, config, opened.empty)
  const remarks = [...opened.remarks, ...repeatedNames(opened), ...movedLabel(opened, selection, config)]
  const texts = new Set(levelColumns(opened, selection, config, remarks))
  for (const place of [selection.label!, ...opened.declared]) texts.add(place)
  const missing = new MissingWords(config.missingValues, opened.form ?? undefined)
  const table = opened.read([...selection.inputs, selection.label!], texts, missing)
  const categorical = [...config.categorical, ...opened.declared]
  const inputs = chooseInputs(table, selection, { ...config, categorical }, remarks)
  const reading: TableReading = {
    format,
    form: opened.form,
    names,
    width,
    label: selection.label!,
    inputs,
    missing: config.missing,
    missingValues: config.missingValues,
    rename: config.rename,
  }
  const measured =
    config.task === 'auto' && !isDoubtful(table, selection, config)
      ? measuredLabel(table, selection, { ...config, sure: false })
      : null
  if (measured !== null) {
    const name = columnName(selection.label!, names)
    remarks.push(regressionRemark(`the label, ${name}, is`, measured))
  }
  const regression = config.task === 'regression' || measured !== null
  const labelled = { ...config, words: missing, regression, sure: config.task === 'classification' }
  const parts = [usableRows(table, selection, inputs, labelled)]
  if (test !== null) {
    const matched = matchTable(test, reading, missing)
    if (!matched.labelled) throw malformed(test.file, 'has no label column, which a test part needs')
    remarks.push(...matched.remarks.map((remark) => `test file: ${remark}`))
    parts.push(usableRows(matched.table, selection, inputs, labelled))
    if (!regression) checkTestClasses(parts[0]!, parts[1]!)
  }
  remarks.push(...parts.flatMap((part) => part.remarks), ...unmetWords(missing))
  const labels = parts.flatMap((part) => labelColumn(part.table, selection).texts)
  remarks.push(...unusedNames(config.rename, labels))
  return assemble(format, parts, reading, remarks, config.shape)
}

/** Words for missing values that were written in vain: mistyped, or of a column that is not read. */
function unmetWords({ unmet }: MissingWords): string[] {
  if (unmet.length === 0) return []
  return [`missingValues: no cell that is read equals ${unmet.map(quoted).join(' or ')}`]
}

/** Names that several columns have: they can be told apart by their numbers alone. */
function repeatedNames({ names }: TableFile): string[] {
  const repeated = new Set(names?.filter((name, place) => name !== '' && names.indexOf(name) !== place))
  return Array.from(
    repeated,
    (name) =>
      `several columns are called ${quoted(name)}: refer to them by number, and predict from files with the same column order`,
  )
}

/** Which column the label is, where empty columns at the right end make it another one than the last. */
function movedLabel({ names, empty }: TableFile, { label }: Selection, config: TableConfig): string[] {
  if (empty.size === 0 || typeof config.label !== 'number' || config.label >= 0) return []
  return [`the label is ${columnName(label!, names)}`]
}

/** Whether the label was not named, and another column looks more like one: then measured numbers are questioned. */
function isDoubtful(table: Table, selection: Selection, { label }: TableConfig): boolean {
  return label === -1 && likelyLabel(table, selection) !== null
}

type LabelledConfig = TableConfig &
  ClassSettings & { readonly regression: boolean; readonly words: MissingWords }

/** The rows of one file that are used, with their labels. */
interface Part {
  readonly table: Table
  readonly rows: readonly number[]
  readonly labels: readonly string[]
  /** Empty for classes. */
  readonly targets: readonly number[]
  readonly remarks: readonly string[]
  readonly cautions: readonly string[]
}

function usableRows(
  table: Table,
  selection: Selection,
  inputs: readonly InputColumn[],
  config: LabelledConfig,
): Part {
  const learned = config.regression ? readTargets(table, selection, config) : null
  const classes = config.regression ? null : readClasses(table, selection, config)
  const labelled = (learned?.targets ?? classes!.labels).flatMap((label, row) =>
    label === null ? [] : [row],
  )
  const gaps = inputs.filter(({ place }) => hasGaps(table.columns.get(place)!))
  const isWhole = (row: number): boolean => gaps.every(({ place }) => !isGap(table, place, row))
  if (gaps.length > 0 && config.missing === 'error') {
    const rows = labelled.filter((row) => !isWhole(row))
    if (rows.length > 0) throw missingValue(table, rows, gaps, selection)
  }
  const rows = config.missing === 'drop' ? labelled.filter(isWhole) : labelled
  const dropped = labelled.length - rows.length
  const said = [...(learned ?? classes!).remarks]
  if (dropped > 0) {
    said.push(`${dropped} of ${labelled.length} rows have missing values and are left out (missing: drop)`)
  }
  if (rows.length === 0) throw malformed(table.file, 'has no row without a missing value')
  return {
    table,
    rows,
    remarks: said,
    cautions: classes?.cautions ?? [],
    labels: classes === null ? [] : rows.map((row) => classes.labels[row]!),
    targets: learned === null ? [] : rows.map((row) => learned.targets[row]!),
  }
}

export function isGap(table: Table, place: number, row: number): boolean {
  const column = table.columns.get(place)!
  return column.kind === 'number' ? Number.isNaN(column.values[row]) : column.codes[row]! < 0
}

function missingValue(
  table: Table,
  rows: readonly number[],
  gaps: readonly InputColumn[],
  { names }: Selection,
) {
  const row = rows[0]!
  const column = gaps.find(({ place }) => isGap(table, place, row))!
  const others =
    rows.length > 1 || gaps.length > 1
      ? ` (${count(rows.length, 'row')}, ${count(gaps.length, 'column')} with missing values)`
      : ''
  return malformed(
    table.file,
    `has no value in ${placeOfRow(table, row)}, ${columnName(column.place, names)}${others}`,
    'In the data block, write missing: mean, median, most-frequent or drop.',
    table.lineOf(row) ?? undefined,
  )
}

function count(n: number, what: string): string {
  return `${n} ${n === 1 ? what : `${what}s`}`
}

function checkTestClasses(train: Part, test: Part): void {
  const known = new Set(train.labels)
  const i = test.labels.findIndex((label) => !known.has(label))
  if (i < 0) return
  const row = test.rows[i]!
  throw malformed(
    test.table.file,
    `has the label ${quoted(test.labels[i]!)} in ${placeOfRow(test.table, row)}, which is not a class of the training file`,
    `Its classes are ${listNames([...known])}. If it is another name for one of them, write rename: { ${JSON.stringify(test.labels[i])}: ... }.`,
    test.table.lineOf(row) ?? undefined,
  )
}

function assemble(
  source: string,
  parts: readonly Part[],
  reading: TableReading,
  remarks: readonly string[],
  wantedShape: readonly number[] | undefined,
): DataSet {
  const { file } = parts[0]!.table
  const encoded = parts.map(({ table, rows }) => encodeInputs(table, reading.inputs, rows))
  const { columns, names, groups } = encoded[0]!
  const shape = wantedShape ?? [columns]
  if (shape.reduce((product, n) => product * n, 1) !== columns) {
    throw malformed(
      file,
      `has ${columns} columns of inputs, which do not fill the shape ${shape.join(' x ')}`,
    )
  }
  const unseen = encoded
    .slice(1)
    .flatMap((part) => part.unseen)
    .map(
      ({ column, level, rows }) =>
        `test file: ${quoted(level)} in column "${shorten(column, 40)}" (${rows} rows) is not a level of the training file`,
    )
  const targets = parts.flatMap((part) => part.targets)
  const learned =
    targets.length > 0
      ? numberTargets(targets, reading.names?.[reading.label] || 'target')
      : numberClasses(
          parts.flatMap(({ labels }) => labels),
          file,
          parts[0]!.table.style,
        )
  const layout: InputLayout = { names, groups, reading }
  return {
    source,
    shape,
    values: joinedValues(encoded.map(({ values }) => values)),
    columns,
    ...learned,
    testRows: parts[1]?.rows.length ?? 0,
    usualSplit: null,
    layout,
    remarks: [...remarks, ...unseen],
    cautions: parts.flatMap(({ cautions }) => cautions),
  }
}

function joinedValues(parts: readonly (Uint8Array | Float64Array)[]): Uint8Array | Float64Array {
  const [only, second] = parts
  if (second === undefined) return only!
  const length = only!.length + second.length
  const bytes = only instanceof Uint8Array && second instanceof Uint8Array
  const whole = bytes ? new Uint8Array(new SharedArrayBuffer(length)) : sharedFloat64s(length)
  whole.set(only!)
  whole.set(second, only!.length)
  return whole
}
