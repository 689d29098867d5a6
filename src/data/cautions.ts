import type { DataSet } from './data-set.ts'
import { describeColumns } from './describe-columns.ts'
import type { SplitRows } from './split.ts'

/** Fewer rows to be judged on than that leave too much to luck. */
const FEW_ROWS = 100
/** Fewer rows than that are better used in folds. */
const FOLD_ROWS = 1000

/** What may be wrong with a data set, whatever the split, in sentences without their full stop. */
export function dataCautions(data: DataSet): string[] {
  const classes = data.targets === undefined ? rareClasses(data) : []
  return [...classes, ...identifierColumns(data), ...oddColumns(data), ...oddFirstRow(data)]
}

/** What may be wrong with the parts of a split. */
export function splitCautions(data: DataSet, splits: readonly SplitRows[], folds: boolean): string[] {
  const { train, valid } = splits[0]!
  const rows = train.length + valid.length
  const cautions: string[] = []
  if (!folds && valid.length < FEW_ROWS) {
    const step = (100 / valid.length).toFixed(valid.length < 50 ? 0 : 1)
    const advice =
      rows < FOLD_ROWS ? '; with so few rows, cross-validation is more reliable (split: { folds: 5 })' : ''
    cautions.push(
      `the validation part has ${valid.length} ${valid.length === 1 ? 'row' : 'rows'}: each row is ${step} % of the accuracy${advice}`,
    )
  } else if (!folds && rows < FOLD_ROWS) {
    cautions.push(`with ${rows} rows, cross-validation is more reliable (split: { folds: 5 })`)
  }
  if (data.targets !== undefined)
    return cautions.map((text) =>
      text.replace(/: each row is [\d.]+ % of the accuracy/, ': its scores depend on chance'),
    )
  const trained = new Set(Array.from(train, (row) => data.labels[row]!))
  const unseen = data.classes.filter((_, label) => !trained.has(label))
  if (unseen.length > 0) {
    cautions.push(`no training row belongs to ${unseen.length === 1 ? 'class' : 'classes'} ${listed(unseen)}`)
  }
  return cautions
}

function rareClasses({ labels, classes }: DataSet): string[] {
  const counts = classes.map(() => 0)
  for (const label of labels) counts[label]! += 1
  const single = classes.filter((_, label) => counts[label] === 1)
  if (single.length === 0) return []
  return [
    single.length === 1
      ? `class ${listed(single)} has one row`
      : `${single.length} of ${classes.length} classes have one row each: ${listed(single)}`,
  ]
}

/** Columns that number the rows, in their order or in another. */
function identifierColumns({ values, columns, layout, labels }: DataSet): string[] {
  const rows = labels.length
  if (layout === null || rows < 10) return []
  const cautions: string[] = []
  let next = 0
  for (const { place, name, levels, ordered, indicator } of layout.reading.inputs) {
    const c = next
    next += (levels === null || ordered ? 1 : levels.length) + (indicator ? 1 : 0)
    const found = levels === null ? numbering(rows, (row) => values[row * columns + c]!) : null
    if (found === null) continue
    const what = found.inOrder
      ? 'numbers the rows'
      : `contains each whole number from ${found.low} to ${found.low + rows - 1} exactly once`
    const isNamed = name !== null && name !== ''
    cautions.push(
      `column ${place + 1}${isNamed ? ` ("${name}")` : ''} ${what}: if it is an index, leave it out with drop: [${isNamed ? JSON.stringify(name) : place}]`,
    )
  }
  return cautions
}

/** Whether the values are consecutive whole numbers from 0 or more, each once; null if not. */
function numbering(
  rows: number,
  cellOf: (row: number) => number,
): { readonly low: number; readonly inOrder: boolean } | null {
  let low = Number.POSITIVE_INFINITY
  for (let row = 0; row < rows; row++) low = Math.min(low, cellOf(row))
  if (low < 0 || !Number.isInteger(low)) return null
  const seen = new Uint8Array(rows)
  let inOrder = true
  for (let row = 0; row < rows; row++) {
    const place = cellOf(row) - low
    // Also of a missing value, a fraction, and what lies too high.
    if (seen[place] !== 0) return null
    seen[place] = 1
    inOrder &&= place === row
  }
  return { low, inOrder }
}

/** Levels of one row, which may be slips, numbers that may stand for none, and columns that say nothing. */
function oddColumns(data: DataSet): string[] {
  if (data.labels.length < 20) return []
  return (describeColumns(data) ?? []).flatMap(({ name, levels, constant, sentinel }) => {
    if (sentinel !== null) {
      return [
        `column ${JSON.stringify(name)} has ${sentinel.value} in ${sentinel.rows} rows, far from its other values, ${sentinel.low} to ${sentinel.high}: if it stands for a missing value, write missingValues: ["${sentinel.value}"]`,
      ]
    }
    if (constant && levels !== null) return [`column ${JSON.stringify(name)} has the same level in all rows`]
    const single = (levels ?? []).filter(({ rows }) => rows === 1).map((level) => level.name)
    if (single.length === 0 || single.length > 3) return []
    return [
      `column ${JSON.stringify(name)} has ${listed(single)} in one row${single.length > 1 ? ' each' : ''}: if it stands for a missing value, write missingValues: [${listed(single)}]`,
    ]
  })
}

/** A header with a number in it is read as data, where nothing else speaks for it. */
function oddFirstRow({ layout, labels, targets, values, columns }: DataSet): string[] {
  const { form, names } = layout?.reading ?? { form: null, names: null }
  if (form?.given?.header !== 'detect' || names !== null || labels.length < 20) return []
  const isAlone = (column: number): boolean => {
    for (let i = column + columns; i < values.length; i += columns) if (values[i] === 1) return false
    return values[column] === 1
  }
  const levels = layout!.groups.some(({ first, count }) =>
    Array.from({ length: count }, (_, i) => first + i).some(isAlone),
  )
  const label = targets === undefined && labels.indexOf(labels[0]!, 1) < 0
  return label || levels
    ? ['the first row has text that occurs in no other row: if it names the columns, write header: true']
    : []
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name))
  return `${shown.join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`
}
