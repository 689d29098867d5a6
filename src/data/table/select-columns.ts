import type { UserError } from '../../errors.ts'
import { shorten } from '../../text/quote.ts'
import { malformed } from '../read-file.ts'
import { columnName, listNames, quoted, type Selection } from './table.ts'

/** A column by its name, or by its number from 0; negative numbers count from the end. */
export type ColumnKey = string | number

export interface SelectionSettings {
  readonly label: ColumnKey
  /** The inputs; all but the label if undefined. */
  readonly columns?: readonly ColumnKey[] | undefined
  /** Columns that are left out. */
  readonly drop?: readonly ColumnKey[] | undefined
}

/**
 * Which columns of a table are inputs, and which is the label.
 * @param names of all columns; null if the file has none
 * @param empty places whose cells are all empty: never used
 * @throws UserError `usage` naming a column that is not there, or is asked for twice
 */
export function selectColumns(
  file: string,
  names: readonly string[] | null,
  width: number,
  settings: SelectionSettings,
  empty: ReadonlySet<number>,
): Selection {
  const there = Array.from({ length: width }, (_, place) => place).filter((place) => !empty.has(place))
  const find = (key: ColumnKey, what: string): number =>
    findColumn({ file, names, width: there.length === 0 ? width : there.at(-1)! + 1 }, key, what)
  if (typeof settings.label === 'number' && settings.label < 0) refuseNamedEmpty(file, names, empty)
  const label = find(settings.label, 'label')
  const dropped = new Set((settings.drop ?? []).map((key) => find(key, 'drop')))
  if (dropped.has(label)) {
    throw malformed(
      file,
      `has its label, ${columnName(label, names)}, among the columns to drop`,
      'Write another label: NAME, or remove it from drop.',
    )
  }
  const chosen = settings.columns?.map((key) => find(key, 'columns'))
  if (chosen?.includes(label)) {
    throw malformed(file, `has its label among the inputs: columns also lists ${show(settings.label)}`)
  }
  const wanted = new Set(chosen ?? there)
  const inputs = there.filter((place) => wanted.has(place) && place !== label && !dropped.has(place))
  if (inputs.length > 0) return { names, width, label, inputs }
  throw malformed(file, 'has no input columns besides the label', 'Is the delimiter right?')
}

/** A label that is counted from the end must not move because the file names a last column without any value. */
function refuseNamedEmpty(file: string, names: readonly string[] | null, empty: ReadonlySet<number>): void {
  const place = Math.max(...empty)
  const name = names?.[place] ?? ''
  if (empty.size === 0 || name === '') return
  throw malformed(
    file,
    `has no value in any row of ${columnName(place, names)}, its last column, where the label is expected`,
    `Name the column of the label: label: NAME. A table without labels can only be predicted (finesweep predict).`,
    1,
  )
}

/**
 * The place of a column that a study names.
 * @param table `width` is where negative numbers count from
 * @param what the key of the data block, for messages
 * @throws UserError `usage` if it is not there, or several columns have the name
 */
export function findColumn(
  { file, names, width }: { file: string; names: readonly string[] | null; width: number },
  key: ColumnKey,
  what: string,
): number {
  const place = placeOf(key, names, width)
  if (place === null) throw noSuchColumn(file, key, what, names, width)
  const last = typeof key === 'string' ? names!.lastIndexOf(key) : place
  if (last === place) return place
  throw malformed(
    file,
    `has several columns called ${show(key)}, so ${what} can't name one of them`,
    `Use its number, counted from 0: ${place} or ${last}.`,
    1,
  )
}

/** How a study names a column: by its name, or by its number where it has none of its own. */
export function keyOf(place: number, names: readonly string[] | null): ColumnKey {
  const name = names?.[place] ?? ''
  return name === '' || names!.indexOf(name) !== names!.lastIndexOf(name) ? place : name
}

/** The place of a column; null if there is none. `width` is where negative numbers count from. */
export function placeOf(key: ColumnKey, names: readonly string[] | null, width: number): number | null {
  if (typeof key === 'number') {
    const place = key < 0 ? width + key : key
    return place >= 0 && place < width ? place : null
  }
  const place = names?.indexOf(key) ?? -1
  return place < 0 ? null : place
}

function show(key: ColumnKey): string {
  return typeof key === 'string' ? quoted(key) : String(key)
}

function noSuchColumn(
  file: string,
  key: ColumnKey,
  what: string,
  names: readonly string[] | null,
  width: number,
): UserError {
  if (typeof key === 'number') return noSuchNumber(file, key, what, names, width)
  if (names === null) {
    return malformed(
      file,
      `has no header, so ${what} can't be ${show(key)}`,
      'Use its number, counted from 0, or write header: true.',
      1,
    )
  }
  return malformed(file, `has no column "${shorten(key, 40)}"`, `Its columns are ${listNames(names)}.`, 1)
}

/** A number beyond the columns may be the name of one, which YAML reads as a number unless it is in quotes. */
function noSuchNumber(
  file: string,
  key: number,
  what: string,
  names: readonly string[] | null,
  width: number,
): UserError {
  const written = what === 'label' ? `label: "${key}"` : `${what}: ["${key}"]`
  const hint = names?.includes(String(key))
    ? `A column is called "${key}": write its name in quotes, ${written}.`
    : names === null && key >= width
      ? `If the first line names the columns, write header: true and the name in quotes, ${written}.`
      : undefined
  return malformed(file, `has ${width} columns; ${what} ${key} is not one of them`, hint)
}
