import type { DataSet } from './data-set.ts'

/** What one column of a table holds. */
export interface ColumnDescription {
  readonly name: string
  /** `number`, `ordered` for levels in an order, `levels` for an input for each level. */
  readonly kind: 'number' | 'ordered' | 'levels'
  /** Smallest and largest number; null for levels and columns without a value. */
  readonly range: readonly [low: number, high: number] | null
  /** Rows without a value. */
  readonly missing: number
  /** The levels with their rows; null for a column of numbers. */
  readonly levels: readonly { readonly name: string; readonly rows: number }[] | null
  /** Whether all rows have the same value: then it says nothing. */
  readonly constant: boolean
  /** A number that may stand for a missing value, and the range of the others; null if there is none. */
  readonly sentinel: {
    readonly value: number
    readonly rows: number
    readonly low: number
    readonly high: number
  } | null
}

/** -99, 9999 and the like. */
const NINES = /^-?99+$/

/** The columns of a data set that was a table, in the order of its inputs; null for arrays and images. */
export function describeColumns(data: DataSet): readonly ColumnDescription[] | null {
  if (data.layout === null) return null
  let at = 0
  return data.layout.reading.inputs.map(({ place, name, levels, ordered, indicator }): ColumnDescription => {
    const first = at
    const width = levels === null || ordered ? 1 : levels.length
    at += width + (indicator ? 1 : 0)
    const title = name === null || name === '' ? `column ${place + 1}` : name
    if (levels === null || ordered) return describeNumbers(data, first, title, levels)
    const counts = levels.map((level, i) => ({ name: level, rows: countOnes(data, first + i) }))
    const present = counts.filter(({ rows }) => rows > 0).length
    const missing = countGaps(data, first)
    return {
      name: title,
      kind: 'levels',
      range: null,
      missing,
      levels: counts,
      constant: present < 2 && missing === 0,
      sentinel: null,
    }
  })
}

function describeNumbers(
  data: DataSet,
  c: number,
  name: string,
  levels: readonly string[] | null,
): ColumnDescription {
  const { values, columns } = data
  const counts = levels?.map((level) => ({ name: level, rows: 0 })) ?? null
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = c; i < values.length; i += columns) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
    const level = counts?.[value]
    if (level !== undefined) level.rows += 1
  }
  const range = low <= high && levels === null ? ([low, high] as const) : null
  return {
    name,
    kind: levels === null ? 'number' : 'ordered',
    range,
    missing: countGaps(data, c),
    levels: counts,
    constant: low === high,
    sentinel:
      range === null
        ? null
        : (sentinelOf(data, c, low, [low, high]) ?? sentinelOf(data, c, high, [low, high])),
  }
}

/** Whether the lowest or the highest number of a column is all nines, recurs, and lies farther off than the others spread. */
function sentinelOf(
  { values, columns }: DataSet,
  c: number,
  value: number,
  [low, high]: readonly [number, number],
): ColumnDescription['sentinel'] {
  if (!NINES.test(String(value))) return null
  let rows = 0
  let others = { low: high, high: low }
  for (let i = c; i < values.length; i += columns) {
    const other = values[i]!
    if (other === value) rows++
    else if (!Number.isNaN(other)) {
      others = { low: Math.min(others.low, other), high: Math.max(others.high, other) }
    }
  }
  const gap = value === low ? others.low - value : value - others.high
  return rows >= 2 && gap > others.high - others.low ? { value, rows, ...others } : null
}

function countOnes({ values, columns }: DataSet, c: number): number {
  let count = 0
  for (let i = c; i < values.length; i += columns) if (values[i] === 1) count++
  return count
}

function countGaps({ values, columns }: DataSet, c: number): number {
  let count = 0
  for (let i = c; i < values.length; i += columns) if (Number.isNaN(values[i]!)) count++
  return count
}
