import type { Inputs } from '../inputs.ts'
import type { Kernels } from './kernels.ts'

/** Rows of one float32 sum, before it is added up in float64. */
const ROWS = 1008
/** Columns of the result made at once. */
const COLUMNS = 192

type Progress = (done: number) => void

/**
 * Σ x·xᵀ over the given rows of the scaled inputs, (columns, columns) row-major, both triangles.
 * Products and sums over 1008 rows in float32, of which only half are computed; those sums are added in float64.
 * The same bits for all kernels of one arithmetic. `onProgress` is called with the share done, from 0 to 1.
 */
export function gram(
  kernels: Kernels,
  inputs: Inputs,
  rows: Uint32Array,
  onProgress: Progress = () => {},
): Float64Array {
  const { columns } = inputs
  const sums = new Float64Array(columns * columns)
  const batch = kernels.createInputBatch(ROWS, inputs)
  const blocks = Array.from({ length: Math.ceil(columns / COLUMNS) }, (_, i) => {
    const first = i * COLUMNS
    const width = Math.min(COLUMNS, columns - first)
    // Rows of the result below the block's last column are its mirror image.
    return { first, width, dense: kernels.createDense(first + width, width, 'sgd') }
  })
  const right = kernels.createMatrix(ROWS, Math.min(COLUMNS, columns))
  for (let start = 0; start < rows.length; start += ROWS) {
    const count = Math.min(ROWS, rows.length - start)
    kernels.gather(batch, rows, start, count)
    for (const { first, width, dense } of blocks) {
      fillColumns(inputs, rows, start, count, first, width, right.data, right.stride)
      const { weights } = kernels.gradient(batch, right, dense, count, 0)
      for (let i = 0; i < first + width; i++) {
        const to = i * columns + first
        for (let j = 0; j < width; j++) sums[to + j] = sums[to + j]! + weights[i * width + j]!
      }
    }
    onProgress((start + count) / rows.length)
  }
  for (let i = 0; i < columns; i++) {
    for (let j = i + 1; j < columns; j++) sums[j * columns + i] = sums[i * columns + j]!
  }
  return sums
}

/**
 * x·W + b for the given rows of the scaled inputs: row r goes to out[r · k ..]; W (columns, k) row-major, b (k), in
 * float32. Other rows of `out` stay as they are.
 */
export function rotate(
  kernels: Kernels,
  inputs: Inputs,
  rows: Uint32Array,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  out: Float32Array | Float64Array,
  onProgress: Progress = () => {},
): void {
  const k = bias.length
  const batch = kernels.createInputBatch(ROWS, inputs)
  const dense = kernels.createDense(inputs.columns, k, 'sgd')
  dense.write(weights, bias)
  const result = kernels.createMatrix(ROWS, k)
  for (let start = 0; start < rows.length; start += ROWS) {
    const count = Math.min(ROWS, rows.length - start)
    kernels.gather(batch, rows, start, count)
    kernels.forward(batch, dense, result, count)
    const { data, stride } = result
    for (let r = 0; r < count; r++) out.set(data.subarray(r * stride, r * stride + k), rows[start + r]! * k)
    onProgress((start + count) / rows.length)
  }
}

/** Columns [first, first + width) of the scaled rows, to a matrix of that width. */
function fillColumns(
  { values, columns, shift, scale }: Inputs,
  rows: Uint32Array,
  start: number,
  count: number,
  first: number,
  width: number,
  to: Float32Array | Float64Array,
  stride: number,
): void {
  for (let r = 0; r < count; r++) {
    const from = rows[start + r]! * columns + first
    for (let c = 0; c < width; c++) {
      to[r * stride + c] = Math.fround(values[from + c]! - shift[first + c]!) * scale[first + c]!
    }
  }
}
