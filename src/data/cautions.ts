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
  return [...classes, ...indexColumns(data), ...oddColumns(data)]
}

/** What may be wrong with the parts of a split. */
export function splitCautions(data: DataSet, splits: readonly SplitRows[], folds: boolean): string[] {
  const { train, valid } = splits[0]!
  const rows = train.length + valid.length
  const cautions: string[] = []
  if (!folds && valid.length < FEW_ROWS) {
    const step = (100 / valid.length).toFixed(valid.length < 50 ? 0 : 1)
    const advice =
      rows < FOLD_ROWS ? '; with so few rows, cross validation judges better: split: { folds: 5 }' : ''
    cautions.push(
      `the validation part has ${valid.length} ${valid.length === 1 ? 'row' : 'rows'}: one of them is ${step} % of the accuracy${advice}`,
    )
  } else if (!folds && rows < FOLD_ROWS) {
    cautions.push(`with ${rows} rows, cross validation judges better: split: { folds: 5 }`)
  }
  if (data.targets !== undefined)
    return cautions.map((text) =>
      text.replace(/: one of them is [\d.]+ % of the accuracy/, ': its figures depend on chance'),
    )
  const trained = new Set(Array.from(train, (row) => data.labels[row]!))
  const unseen = data.classes.filter((_, label) => !trained.has(label))
  if (unseen.length > 0) {
    cautions.push(`no training row is of ${unseen.length === 1 ? 'class' : 'classes'} ${listed(unseen)}`)
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

/** Columns that count the rows. */
function indexColumns({ values, columns, layout, labels }: DataSet): string[] {
  if (layout === null || labels.length < 10) return []
  const cautions: string[] = []
  for (let c = 0; c < columns; c++) {
    const start = values[c]!
    if (start !== 0 && start !== 1) continue
    let counts = true
    for (let row = 1; counts && row < labels.length; row++) counts = values[row * columns + c] === start + row
    if (!counts) continue
    const place = layout.reading.inputs.find(({ name }) => name === layout.names[c])?.place ?? c
    const name = layout.names[c] === '' ? '' : ` ("${layout.names[c]}")`
    cautions.push(
      `column ${place + 1}${name} counts the rows: if it is an index, leave it out with drop: [${layout.names[c] ? JSON.stringify(layout.names[c]) : place}]`,
    )
  }
  return cautions
}

/** Levels of one row, which may be slips, and columns that say nothing. */
function oddColumns(data: DataSet): string[] {
  if (data.labels.length < 20) return []
  return (describeColumns(data) ?? []).flatMap(({ name, levels, constant }) => {
    if (constant && levels !== null) return [`column ${JSON.stringify(name)} has one level in all rows`]
    const single = (levels ?? []).filter(({ rows }) => rows === 1).map((level) => level.name)
    if (single.length === 0 || single.length > 3) return []
    return [
      `column ${JSON.stringify(name)} has ${listed(single)} in one row${single.length > 1 ? ' each' : ''}: if it stands for a missing value, write missingValues: [${listed(single)}]`,
    ]
  })
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name))
  return `${shown.join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`
}
