import { sharedFloats } from './data-set.ts'
import { leadingEigen } from './leading-eigen.ts'
import type { Projection } from './prepared.ts'
import { columnMeans } from './preprocess.ts'

/** Added to an eigenvalue before whitening divides by its root, so that a dead component is not blown up. */
export const WHITEN_EPSILON = 1e-5

type Floats = Float32Array | Float64Array

/** Rows and their scaling, as `Inputs`. Float64 values are never rounded to float32: that is for checks. */
export interface ScaledRows {
  readonly values: Uint8Array | Floats
  readonly columns: number
  readonly shift: Floats
  readonly scale: Floats
}

/** The principal components of some rows, in float64. */
export interface PrincipalComponents {
  /** (columns), of the scaled inputs. */
  readonly mean: Float64Array
  /** (k), falling: the variance along each component. */
  readonly eigenvalues: Float64Array
  /** (k, columns): a component in each row, of length 1; its largest element is positive. */
  readonly components: Float64Array
  readonly k: number
}

/** `Projection` before it is rounded to float32. */
export interface ExactProjection {
  readonly mean: Floats
  readonly components: Floats
  readonly scale: Floats
  readonly k: number
}

/** The heavy products; a backend may bring its own. */
export interface PcaArithmetic {
  /** Its name: components made by another one may differ in their last bits. */
  readonly variant: string
  /**
   * Σ x·xᵀ over the given rows of the scaled inputs, (columns, columns) row-major, both triangles.
   * Calls `onProgress` with a share from 0 to 1.
   */
  gram(inputs: ScaledRows, rows: Uint32Array, onProgress: (done: number) => void): Float64Array
  /**
   * x·W + b for the given rows of the scaled inputs: row r goes to out[r·k ..]; W (columns, k), b (k).
   * Other rows of `out` stay as they are.
   */
  rotate(
    inputs: ScaledRows,
    rows: Uint32Array,
    weights: Floats,
    bias: Floats,
    out: Floats,
    onProgress: (done: number) => void,
  ): void
}

/**
 * Finds the k directions of largest variance of the given rows: eigenvectors of the covariance Σ (x - mean)(x - mean)ᵀ / n.
 * @param inputs scaled as the network would see them; rows at least 1, k at most the columns
 */
export function fitPca(
  inputs: ScaledRows,
  rows: Uint32Array,
  k: number,
  arithmetic: PcaArithmetic,
  onProgress: (done: number) => void = () => {},
): PrincipalComponents {
  const { columns } = inputs
  const raw = columnMeans(inputs.values, columns, rows)
  const mean = raw.map((m, c) => (m - inputs.shift[c]!) * inputs.scale[c]!)
  // Taken out before the products, as far as the shift's type holds it: large means would cost them digits.
  const centred = { ...inputs, shift: shiftBy(inputs, mean) }
  const rest = raw.map((m, c) => (m - centred.shift[c]!) * centred.scale[c]!)
  const covariance = arithmetic.gram(centred, rows, (done) => onProgress(0.6 * done))
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      covariance[i * columns + j] = covariance[i * columns + j]! / rows.length - rest[i]! * rest[j]!
    }
  }
  const { values, vectors } = leadingEigen(covariance, columns, k, (done) => onProgress(0.6 + 0.4 * done))
  return { mean, eigenvalues: values, components: vectors, k }
}

/** The projection that a fit amounts to. */
export function projectionOf(fit: PrincipalComponents, whiten: boolean): ExactProjection {
  const columns = fit.mean.length
  const components = new Float64Array(columns * fit.k)
  for (let j = 0; j < fit.k; j++) {
    for (let c = 0; c < columns; c++) components[c * fit.k + j] = fit.components[j * columns + c]!
  }
  const scale = fit.eigenvalues.map((value) =>
    whiten ? 1 / Math.sqrt(Math.max(0, value) + WHITEN_EPSILON) : 1,
  )
  return { mean: fit.mean, components, scale, k: fit.k }
}

/** The same in float32 and in shared memory: what is kept. */
export function shareProjection({ mean, components, scale, k }: ExactProjection): Projection {
  const share = (numbers: Floats): Float32Array => {
    const shared = sharedFloats(numbers.length)
    shared.set(numbers)
    return shared
  }
  return { mean: share(mean), components: share(components), scale: share(scale), k }
}

/**
 * Rotates the given rows onto the components: row r becomes out[r·k .. r·k + k), ((x - mean) · components) · scale.
 * Other rows of `out` stay as they are.
 */
export function project(
  inputs: ScaledRows,
  rows: Uint32Array,
  projection: ExactProjection,
  arithmetic: PcaArithmetic,
  out: Floats,
  onProgress: (done: number) => void = () => {},
): void {
  const { columns } = inputs
  const { components, mean, scale, k } = projection
  const weights = components.map((element, i) => element * scale[i % k]!)
  // The mean goes into the inputs' shift, as near as its type holds it, and what is left of it into the bias.
  const shift = shiftBy(inputs, mean)
  const bias = new Float64Array(k)
  for (let c = 0; c < columns; c++) {
    const left = (shift[c]! - inputs.shift[c]!) * inputs.scale[c]! - mean[c]!
    for (let j = 0; j < k; j++) bias[j] = bias[j]! + left * weights[c * k + j]!
  }
  arithmetic.rotate({ ...inputs, shift }, rows, weights, bias, out, onProgress)
}

/** The shift that takes `mean`, of the scaled inputs, out as well. */
function shiftBy({ shift, scale }: ScaledRows, mean: Floats): Floats {
  return shift.map((s, c) => s + mean[c]! / scale[c]!)
}

/** Rows that are scaled at once. */
const CHUNK = 64

/** The products in float64, in plain loops: what every other arithmetic is held to. */
export const plainArithmetic: PcaArithmetic = {
  variant: 'plain float64',

  gram(inputs, rows, onProgress) {
    const { columns } = inputs
    const sums = new Float64Array(columns * columns)
    const block = new Float64Array(CHUNK * columns)
    const turned = new Float64Array(CHUNK * columns)
    for (let start = 0; start < rows.length; start += CHUNK) {
      const count = Math.min(CHUNK, rows.length - start)
      scaleRows(inputs, rows, start, count, block)
      transpose(block, count, columns, turned)
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0
          for (let r = 0; r < count; r++) sum += turned[i * count + r]! * turned[j * count + r]!
          sums[i * columns + j] = sums[i * columns + j]! + sum
        }
      }
      onProgress((start + count) / rows.length)
    }
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < i; j++) sums[j * columns + i] = sums[i * columns + j]!
    }
    return sums
  },

  rotate(inputs, rows, weights, bias, out, onProgress) {
    const { columns } = inputs
    const k = bias.length
    const block = new Float64Array(CHUNK * columns)
    const sums = new Float64Array(k)
    for (let start = 0; start < rows.length; start += CHUNK) {
      const count = Math.min(CHUNK, rows.length - start)
      scaleRows(inputs, rows, start, count, block)
      for (let r = 0; r < count; r++) {
        sums.set(bias)
        for (let c = 0; c < columns; c++) {
          const value = block[r * columns + c]!
          for (let j = 0; j < k; j++) sums[j] = sums[j]! + value * weights[c * k + j]!
        }
        out.set(sums, rows[start + r]! * k)
      }
      onProgress((start + count) / rows.length)
    }
  },
}

/** Writes `count` scaled rows, from `rows[start]` on, to `block` (count, columns). */
function scaleRows(
  { values, columns, shift, scale }: ScaledRows,
  rows: Uint32Array,
  start: number,
  count: number,
  block: Float64Array,
): void {
  for (let r = 0; r < count; r++) {
    const from = rows[start + r]! * columns
    const to = r * columns
    if (values instanceof Float64Array) {
      for (let c = 0; c < columns; c++) block[to + c] = (values[from + c]! - shift[c]!) * scale[c]!
    } else {
      for (let c = 0; c < columns; c++) {
        block[to + c] = Math.fround(Math.fround(values[from + c]! - shift[c]!) * scale[c]!)
      }
    }
  }
}

/** (rows, columns) to (columns, rows). */
function transpose(block: Float64Array, rows: number, columns: number, turned: Float64Array): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = block[r * columns + c]!
  }
}
