import type { Kernels, Matrix } from '../train/kernels/kernels.ts'
import type { ScaledRows } from './pca.ts'

/** Rows whose products are added in float32 before they go to float64: at most this many, in steps of STEP_ROWS. */
const CHUNK_ROWS = 3200
const STEP_ROWS = 320
/** Float32 holds all whole numbers up to this one. */
const LARGEST_WHOLE = 2 ** 24
/** Columns of a block of the product. */
const BLOCK_COLUMNS = 256
/**
 * Σ x·xᵀ over the given rows of the scaled inputs, both triangles: float32 inside a chunk of rows, float64 over the
 * chunks. Exact for bytes that are shifted by whole numbers and not scaled: a chunk ends before their products could
 * add up to more than 2^24.
 */
export function sumOfProducts(
  kernels: Kernels,
  inputs: ScaledRows,
  rows: Uint32Array,
  onProgress: (done: number) => void,
): Float64Array {
  const { columns } = inputs
  const length = usualLength(inputs, rows)
  const sums = new Float64Array(columns * columns)
  const blocks = Array.from({ length: Math.ceil(columns / BLOCK_COLUMNS) }, (_, b) => {
    const first = b * BLOCK_COLUMNS
    const width = Math.min(BLOCK_COLUMNS, columns - first)
    return {
      first,
      width,
      turned: kernels.createMatrix(width, length),
      dense: kernels.createDense(length, width, 'sgd'),
    }
  })
  const product = kernels.createMatrix(BLOCK_COLUMNS, BLOCK_COLUMNS)
  const scaled = new Float32Array(length * BLOCK_COLUMNS)
  for (let start = 0, count = 0; start < rows.length; start += count) {
    count = chunkLength(inputs, rows, start, length)
    for (const { first, width, turned, dense } of blocks) {
      fillScaled(scaled, inputs, rows, start, count, first, width)
      transposeInto(turned, scaled, length, width)
      dense.write(scaled, new Float32Array(width))
    }
    for (const [i, left] of blocks.entries()) {
      for (const right of blocks.slice(0, i + 1)) {
        kernels.forward(left.turned, right.dense, product, left.width)
        addProduct(sums, product, columns, left, right)
      }
    }
    onProgress((start + count) / rows.length)
  }
  for (let i = 0; i < columns; i++) for (let j = 0; j < i; j++) sums[j * columns + i] = sums[i * columns + j]!
  return sums
}

function addProduct(
  sums: Float64Array,
  { data, stride }: Matrix,
  columns: number,
  left: { readonly first: number; readonly width: number },
  right: { readonly first: number; readonly width: number },
): void {
  for (let r = 0; r < left.width; r++) {
    const to = (left.first + r) * columns + right.first
    for (let c = 0; c < right.width; c++) sums[to + c] = sums[to + c]! + data[r * stride + c]!
  }
}

/** Rows of a chunk, a multiple of STEP_ROWS: for bytes about as many as stay exact, if the rows are well mixed. */
function usualLength({ values, columns, shift }: ScaledRows, rows: Uint32Array): number {
  let most = Math.min(CHUNK_ROWS, rows.length)
  if (values instanceof Uint8Array) {
    const squares = new Float64Array(columns)
    for (const row of rows) addSquares(squares, values, row * columns, shift)
    const mean = squares.reduce((a, b) => Math.max(a, b), 0) / rows.length
    most = Math.min(most, (0.97 * LARGEST_WHOLE) / mean)
  }
  return STEP_ROWS * Math.max(1, Math.floor(most / STEP_ROWS))
}

/**
 * How many rows from `rows[start]` on go into one chunk, at most `length`. For bytes, the largest number for which every
 * sum of products stays among the whole numbers that float32 holds: by Cauchy and Schwarz no sum is larger than a
 * column's sum of squares.
 */
function chunkLength(
  { values, columns, shift }: ScaledRows,
  rows: Uint32Array,
  start: number,
  length: number,
): number {
  const most = Math.min(length, rows.length - start)
  if (!(values instanceof Uint8Array)) return most
  const squares = new Float64Array(columns)
  for (let count = 0; count < most; count++) {
    if (addSquares(squares, values, rows[start + count]! * columns, shift) > LARGEST_WHOLE) return count
  }
  return most
}

/** Adds the squares of one shifted row to those of its columns; returns the largest sum. */
function addSquares(
  squares: Float64Array,
  values: Uint8Array,
  at: number,
  shift: ScaledRows['shift'],
): number {
  let largest = 0
  for (let c = 0; c < squares.length; c++) {
    const u = values[at + c]! - shift[c]!
    const sum = squares[c]! + u * u
    squares[c] = sum
    if (sum > largest) largest = sum
  }
  return largest
}

/** Writes `width` columns from `first` on of `count` scaled rows to `scaled` (rows, width), and zeros behind them. */
function fillScaled(
  scaled: Float32Array,
  { values, columns, shift, scale }: ScaledRows,
  rows: Uint32Array,
  start: number,
  count: number,
  first: number,
  width: number,
): void {
  for (let r = 0; r < count; r++) {
    const from = rows[start + r]! * columns + first
    for (let c = 0; c < width; c++) {
      scaled[r * width + c] = Math.fround(values[from + c]! - shift[first + c]!) * scale[first + c]!
    }
  }
  scaled.fill(0, count * width)
}

/** (rows, width) to (width, rows), sixteen rows at a time: a line of memory each. */
function transposeInto({ data, stride }: Matrix, scaled: Float32Array, rows: number, width: number): void {
  for (let first = 0; first < rows; first += 16) {
    for (let c = 0; c < width; c++) {
      for (let r = first; r < first + 16; r++) data[c * stride + r] = scaled[r * width + c]!
    }
  }
}
