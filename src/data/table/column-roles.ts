import { malformed } from '../read-file.ts'
import { orderKey } from './input-columns.ts'
import { type ColumnKey, findColumn } from './select-columns.ts'
import { columnName, quoted, type Selection, type TableFile } from './table.ts'

/** What a study says of single columns. */
export interface ColumnRoles {
  readonly categorical: readonly ColumnKey[]
  readonly ordered: Readonly<Record<string, readonly string[]>>
}

/**
 * The columns that a study calls levels, by their places.
 * @param remarks gets a sentence for each that is no input, so that the study's word changes nothing
 * @throws UserError `usage` for a column that is not there, or is called levels with and without an order
 */
export function levelColumns(
  opened: TableFile,
  { label, inputs, names }: Selection,
  { categorical, ordered }: ColumnRoles,
  remarks: string[],
): ReadonlySet<number> {
  const unordered = categorical.map((key) => findColumn(opened, key, 'categorical'))
  const orders = Object.keys(ordered).map((key) => findColumn(opened, orderKey(key, names), 'ordered'))
  const both = unordered.find((place) => orders.includes(place))
  if (both !== undefined) {
    throw malformed(
      opened.file,
      `has ${columnName(both, names)} in both categorical and ordered; a column can be only one of them`,
      'Remove it from one of them.',
    )
  }
  for (const [what, places] of [
    ['categorical', unordered],
    ['ordered', orders],
  ] as const) {
    for (const place of places) {
      if (inputs.includes(place)) continue
      const role = place === label ? 'the label' : 'which is left out'
      remarks.push(
        `${what} names ${columnName(place, names)}, ${role}: that applies only to inputs and has no effect here`,
      )
    }
  }
  return new Set([...unordered, ...orders])
}

/** Other names for labels that no row has. */
export function unusedNames(rename: Readonly<Record<string, string>>, labels: readonly string[]): string[] {
  const there = new Set(labels)
  const unused = Object.keys(rename).filter((name) => !there.has(name))
  return unused.length === 0 ? [] : [`rename: no row has the label ${unused.map(quoted).join(' or ')}`]
}
