import { sharedBytes, sharedFloat64s, sharedFloats, type Values } from './data-set.ts'
import { malformed } from './read-file.ts'

/** An array as a file holds it, row-major: shape [rows, ...], values in file order. */
export interface FileArray {
  readonly file: string
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
  /** The elements of an array of texts, in place of `values`. */
  readonly texts?: readonly string[]
}

/**
 * Copies numbers into shared memory: as bytes if all of them are whole and in [0, 255], as float32 if that holds all
 * of them exactly, else as float64.
 * @throws UserError `usage` with the row (from 1) of a number that is not finite in float32.
 */
export function shareValues({ file, values }: FileArray, columns: number): Values {
  if (values instanceof Uint8Array) {
    const bytes = sharedBytes(values.length)
    bytes.set(values)
    return bytes
  }
  let bytesHold = true
  let floatsHold = true
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(Math.fround(value))) {
      const row = Math.floor(i / columns) + 1
      throw malformed(
        file,
        `has ${value} in row ${row}, column ${(i % columns) + 1}; inputs must be ${boundOf(value)}`,
        Number.isNaN(value)
          ? 'Fill in missing values before saving the array, or save it as a table (CSV, Parquet) and set missing: mean.'
          : undefined,
        row,
      )
    }
    floatsHold &&= Math.fround(value) === value
    bytesHold &&= value >= 0 && value <= 255 && Number.isInteger(value) && !Object.is(value, -0)
  }
  const share = bytesHold ? sharedBytes : floatsHold ? sharedFloats : sharedFloat64s
  const shared = share(values.length)
  shared.set(values)
  return shared
}

/** The rule that a number breaks which is not finite in float32. */
function boundOf(value: number): string {
  return Number.isFinite(value) ? 'within ±3.4e38, the range of float32' : 'finite'
}

/** Labels from an array of one column, as texts. */
export function labelTexts({ file, shape, values, texts }: FileArray): string[] {
  if (texts !== undefined && texts.length === shape[0]) {
    const empty = texts.findIndex((text) => text.trim() === '')
    if (empty < 0) return texts.map((text) => text.trim())
    throw malformed(file, `has no label in row ${empty + 1}`, undefined, empty + 1)
  }
  if (values.length !== shape[0]) {
    throw malformed(file, `must contain one label per row, got shape (${shape.join(', ')})`)
  }
  return Array.from(values, (value, i) => {
    if (Number.isSafeInteger(value)) return String(value)
    const tooLarge = Number.isInteger(value)
    throw malformed(
      file,
      `has the label ${value} in row ${i + 1}; labels must be whole numbers${tooLarge ? ' within ±9007199254740991, beyond which float64 is not exact' : ''}`,
      tooLarge
        ? 'Save the labels as strings: y.astype(str). To predict a number, write task: regression.'
        : 'To predict a number, write task: regression.',
      i + 1,
    )
  })
}

/** The numbers that are to be predicted, from an array of one column. */
export function targetNumbers({ file, shape, values, texts }: FileArray): number[] {
  if (texts !== undefined || values.length !== shape[0]) {
    throw malformed(
      file,
      `must contain one number per row, got ${texts === undefined ? `shape (${shape.join(', ')})` : 'strings'}`,
    )
  }
  return Array.from(values, (value, i) => {
    if (Number.isFinite(Math.fround(value))) return value
    throw malformed(file, `has ${value} in row ${i + 1}; targets must be ${boundOf(value)}`, undefined, i + 1)
  })
}

/** The shape of one row and its number of columns. */
export function rowShape({ file, shape, texts }: FileArray): {
  readonly shape: readonly number[]
  readonly columns: number
} {
  if (texts !== undefined) throw malformed(file, 'contains text; inputs must be numbers')
  const rest = shape.slice(1)
  const columns = rest.reduce((product, n) => product * n, 1)
  if (rest.length === 0 || columns === 0 || shape[0] === 0) {
    throw malformed(file, `must contain rows of inputs, got shape (${shape.join(', ')})`)
  }
  return { shape: rest, columns }
}
