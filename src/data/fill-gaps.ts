import { type DataSet, sharedFloat64s, type Values } from './data-set.ts'
import type { MissingPolicy } from './table/reading.ts'

/**
 * What stands in for a missing value of each column: the mean, median or most frequent value of the given rows. Of a
 * column of levels it is always the most frequent one: its inputs are filled together. Null if neither these data nor
 * later ones can have a gap: they are no table, or are bytes and the study has no rule for gaps.
 */
export function fitFill({ values, columns, layout }: DataSet, rows: Uint32Array): Float64Array | null {
  if (layout === null) return null
  const policy = layout.reading.missing
  if (!(values instanceof Float64Array) && (policy === 'error' || policy === 'drop')) return null
  const fill = sharedFloat64s(columns)
  const grouped = new Set<number>()
  for (const { first, count } of layout.groups) {
    const sums = Array.from({ length: count }, (_, i) =>
      known(values, columns, first + i, rows).reduce(add, 0),
    )
    const most = sums.indexOf(Math.max(...sums))
    fill[first + most] = 1
    for (let c = first; c < first + count; c++) grouped.add(c)
  }
  for (let c = 0; c < columns; c++) {
    if (!grouped.has(c)) fill[c] = stand(policy, known(values, columns, c, rows))
  }
  return fill
}

function add(a: number, b: number): number {
  return a + b
}

function known(values: Values, columns: number, c: number, rows: Uint32Array): number[] {
  const found: number[] = []
  for (const row of rows) {
    const value = values[row * columns + c]!
    if (!Number.isNaN(value)) found.push(value)
  }
  return found
}

function stand(policy: MissingPolicy, found: number[]): number {
  if (found.length === 0) return 0
  if (policy === 'median') {
    const sorted = Float64Array.from(found).sort()
    const half = sorted.length >> 1
    return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
  }
  if (policy === 'most-frequent') {
    const counts = new Map<number, number>()
    for (const value of found) counts.set(value, (counts.get(value) ?? 0) + 1)
    // Of equally frequent values the smallest, whatever the order of the rows.
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0]
  }
  return found.reduce(add, 0) / found.length
}

/** The same values with the gaps filled; new memory. */
export function fillGaps(values: Float64Array, fill: Float64Array): Float64Array {
  const columns = fill.length
  return values.map((value, i) => (Number.isNaN(value) ? fill[i % columns]! : value))
}
