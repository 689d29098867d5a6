import type { PreprocessConfig } from './data-config.ts'
import { type DataSet, sharedBytes, sharedFloat64s, sharedFloats, type Values } from './data-set.ts'

/** Per column: what a network sees is (value - shift) · scale. Float64 for float64 values, else float32. */
export interface ColumnScaling {
  readonly shift: Float32Array | Float64Array
  readonly scale: Float32Array | Float64Array
}

/** The kind of scaling that `auto` stands for: images keep their contrast, columns of a table get the same spread. */
export function scalingKind(kind: PreprocessConfig['kind'], data: DataSet): Exclude<typeof kind, 'auto'> {
  if (kind !== 'auto') return kind
  return looksLikeImages(data) ? 'mean' : 'standardize'
}

/** Bytes are pixels, unless they come from a table of a few columns. */
function looksLikeImages({ values, shape, layout }: DataSet): boolean {
  if (!(values instanceof Uint8Array)) return false
  if (layout === null || shape.length > 1) return true
  return layout.groups.length === 0 && shape[0]! >= PIXEL_COLUMNS
}

/** The smallest pictures in tables are 8 x 8. */
const PIXEL_COLUMNS = 64

/**
 * Fits shift and scale of each column on the given rows. Sums are taken in float64, row after row, so that the
 * result is the same bits anywhere.
 * @param values (rows, columns) row-major
 * @param rows the training rows, at least one
 */
export function fitScaling(
  kind: Exclude<PreprocessConfig['kind'], 'auto'>,
  values: Values,
  columns: number,
  rows: Uint32Array,
): ColumnScaling {
  const share = values instanceof Float64Array ? sharedFloat64s : sharedFloats
  const shift = share(columns)
  const scale = share(columns).fill(1)
  if (kind === 'unit') scale.fill(1 / 255)
  if (kind === 'none' || kind === 'unit') return { shift, scale }
  const mean = columnMeans(values, columns, rows)
  shift.set(mean)
  if (kind === 'standardize') {
    const squares = new Float64Array(columns)
    for (const row of rows) {
      const start = row * columns
      for (let c = 0; c < columns; c++) {
        const d = values[start + c]! - mean[c]!
        squares[c] = squares[c]! + d * d
      }
    }
    // A column that never changes has nothing to be scaled by; rounding may leave it a variance of about 1e-32.
    for (let c = 0; c < columns; c++) {
      const deviation = Math.sqrt(squares[c]! / rows.length)
      scale[c] = deviation > 1e-12 * Math.abs(mean[c]!) ? 1 / deviation : 1
    }
  }
  return { shift, scale }
}

/** The mean of each column over the given rows, in float64. */
export function columnMeans(values: Values, columns: number, rows: Uint32Array): Float64Array {
  const sums = new Float64Array(columns)
  let row = 0
  // Sums of bytes are exact in any order.
  if (values instanceof Uint8Array) {
    for (; row + 3 < rows.length; row += 4) addFourRows(values, columns, rows, row, sums)
  }
  for (; row < rows.length; row++) {
    const start = rows[row]! * columns
    for (let c = 0; c < columns; c++) sums[c] = sums[c]! + values[start + c]!
  }
  return sums.map((sum) => sum / rows.length)
}

/** Adds the rows `rows[at]` to `rows[at + 3]` to the sums of the columns. */
function addFourRows(
  values: Uint8Array,
  columns: number,
  rows: Uint32Array,
  at: number,
  sums: Float64Array,
): void {
  const first = rows[at]! * columns
  const second = rows[at + 1]! * columns
  const third = rows[at + 2]! * columns
  const fourth = rows[at + 3]! * columns
  for (let c = 0; c < columns; c++) {
    sums[c]! += values[first + c]! + values[second + c]! + values[third + c]! + values[fourth + c]!
  }
}

/** The same rows with a column of ones behind the others, in the same type, in shared memory. */
export function appendOnes<T extends Uint8Array | Float32Array>(values: T, columns: number): T {
  const rows = values.length / columns
  const length = rows * (columns + 1)
  const wider = values instanceof Uint8Array ? sharedBytes(length) : sharedFloats(length)
  for (let row = 0; row < rows; row++) {
    wider.set(values.subarray(row * columns, (row + 1) * columns), row * (columns + 1))
    wider[row * (columns + 1) + columns] = 1
  }
  return wider as T
}

/** The scaling with a last column that is left as it is. */
export function appendIdentity({ shift, scale }: ColumnScaling): {
  readonly shift: Float32Array
  readonly scale: Float32Array
} {
  const wider = { shift: sharedFloats(shift.length + 1), scale: sharedFloats(scale.length + 1) }
  wider.shift.set(shift)
  wider.scale.set(scale)
  wider.scale[scale.length] = 1
  return wider
}

/** What is done to the inputs, in words. */
export function describePreprocessing(
  settings: PreprocessConfig,
  kind: Exclude<PreprocessConfig['kind'], 'auto'>,
  shape: readonly number[],
): readonly string[] {
  const steps: string[] = []
  if (kind === 'mean') {
    steps.push(shape.length > 1 ? 'mean image subtracted' : 'mean of each column subtracted')
  }
  if (kind === 'standardize') steps.push('each column shifted to mean 0 and scaled to deviation 1')
  if (kind === 'unit') steps.push('divided by 255')
  if (settings.pca !== undefined) {
    steps.push(`rotated onto ${settings.pca} principal components${settings.whiten ? ', whitened' : ''}`)
  }
  if (settings.biasTrick) steps.push('a column of ones appended')
  return steps
}
