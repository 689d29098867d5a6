import { sharedBytes } from '../data-set.ts'
import { type InputColumn, levelOf } from './input-columns.ts'
import type { LevelGroup } from './reading.ts'
import type { Table } from './table.ts'

/** A table as numbers: (rows, columns) row-major. */
export interface EncodedInputs {
  /** Bytes in shared memory if all values are whole and in [0, 255]; else float64, NaN where a value is missing. */
  readonly values: Uint8Array | Float64Array
  readonly columns: number
  readonly names: readonly string[]
  readonly groups: readonly LevelGroup[]
  /** Texts that are not a level of their column, and in how many rows; all inputs of the column are 0 there. */
  readonly unseen: readonly UnseenLevel[]
}

export interface UnseenLevel {
  readonly column: string
  readonly level: string
  readonly rows: number
}

/** The names of a column's inputs: `age`, `sex=female`, `sex=male`, `age missing`. */
export function inputNames(column: InputColumn): string[] {
  const name = column.name ?? `column ${column.place + 1}`
  const values =
    column.levels === null || column.ordered ? [name] : column.levels.map((level) => `${name}=${level}`)
  return column.indicator ? [...values, `${name} missing`] : values
}

/**
 * The inputs of the given rows of a table. A level that the study does not know leaves all inputs of its column 0;
 * of an ordered column it is missing.
 */
export function encodeInputs(
  table: Table,
  inputs: readonly InputColumn[],
  rows: ArrayLike<number>,
): EncodedInputs {
  const names = inputs.flatMap(inputNames)
  const columns = names.length
  const values = new Float64Array(rows.length * columns)
  const groups: LevelGroup[] = []
  const unseen: UnseenLevel[] = []
  let at = 0
  for (const input of inputs) {
    const width = inputNames(input).length - (input.indicator ? 1 : 0)
    const column = table.columns.get(input.place)!
    if (column.kind === 'number') {
      for (let r = 0; r < rows.length; r++) values[r * columns + at] = column.values[rows[r]!]!
    } else {
      const { ordered } = input
      const place = column.texts.map((text) => levelOf(text, input))
      const counts = column.texts.map(() => 0)
      for (let r = 0; r < rows.length; r++) {
        const code = column.codes[rows[r]!]!
        const level = code < 0 ? -1 : place[code]!
        if (code >= 0 && level < 0) counts[code]! += 1
        if (ordered) values[r * columns + at] = level < 0 ? Number.NaN : level
        else if (code < 0) values.fill(Number.NaN, r * columns + at, r * columns + at + width)
        else if (level >= 0) values[r * columns + at + level] = 1
      }
      if (!ordered) groups.push({ first: at, count: width })
      for (const [code, count] of counts.entries()) {
        if (count > 0) {
          unseen.push({
            column: input.name ?? `column ${input.place + 1}`,
            level: column.texts[code]!,
            rows: count,
          })
        }
      }
    }
    if (input.indicator) {
      for (let r = 0; r < rows.length; r++) {
        values[r * columns + at + width] = Number.isNaN(values[r * columns + at]) ? 1 : 0
      }
    }
    at += width + (input.indicator ? 1 : 0)
  }
  return { values: asBytes(values), columns, names, groups, unseen }
}

/** The same as bytes in shared memory, if bytes hold them. */
export function asBytes(values: Float64Array): Uint8Array | Float64Array {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(value >= 0 && value <= 255 && Number.isInteger(value)) || Object.is(value, -0)) return values
  }
  const bytes = sharedBytes(values.length)
  bytes.set(values)
  return bytes
}
