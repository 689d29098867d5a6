import type { Inputs } from '../train/inputs.ts'
import type { Kernels } from '../train/kernels/kernels.ts'
import { openKernels } from '../train/kernels/open-kernels.ts'
import { type PcaArithmetic, plainArithmetic, type ScaledRows } from './pca.ts'
import { sumOfProducts } from './sum-of-products.ts'

/** Rows that are rotated at once. */
const ROTATED_ROWS = 2048

/**
 * The products by the kernels that train networks, some fifty times as fast as the plain ones.
 *
 * The gram matrix of bytes is exact, and so the same on every machine: bytes less a byte are whole numbers, and
 * float32 adds those of a chunk without rounding. The sums of the chunks, the shift and the scale are float64.
 * Rotated rows, and products of floats, are rounded to float32.
 */
export const kernelArithmetic: PcaArithmetic = {
  variant: 'kernels, muladd',

  gram(inputs, rows, onProgress) {
    if (inputs.values instanceof Float64Array) return plainArithmetic.gram(inputs, rows, onProgress)
    const { values, columns, shift } = inputs
    if (!(values instanceof Uint8Array)) {
      return withKernels('muladd', (kernels) => sumOfProducts(kernels, inputs, rows, onProgress))
    }
    const centre = Float32Array.from(shift, (s) => Math.round(Math.max(0, Math.min(255, s))))
    const centred = { values, columns, shift: centre, scale: ones(columns) }
    const products = withKernels('auto', (kernels) => sumOfProducts(kernels, centred, rows, onProgress))
    return moveProducts(products, inputs, centre, rows)
  },

  rotate(inputs, rows, weights, bias, out, onProgress) {
    const { values, columns, shift, scale } = inputs
    if (values instanceof Float64Array) {
      plainArithmetic.rotate(inputs, rows, weights, bias, out, onProgress)
      return
    }
    withKernels('muladd', (kernels) => {
      const k = bias.length
      const narrow: Inputs = {
        values,
        columns,
        shift: Float32Array.from(shift),
        scale: Float32Array.from(scale),
      }
      const batch = kernels.createInputBatch(ROTATED_ROWS, narrow)
      const rotated = kernels.createMatrix(ROTATED_ROWS, k)
      const dense = kernels.createDense(columns, k, 'sgd')
      dense.write(weights, bias)
      for (let start = 0; start < rows.length; start += ROTATED_ROWS) {
        const count = Math.min(ROTATED_ROWS, rows.length - start)
        kernels.gather(batch, rows, start, count)
        kernels.forward(batch, dense, rotated, count)
        const { data, stride } = rotated
        for (let r = 0; r < count; r++) {
          out.set(data.subarray(r * stride, r * stride + k), rows[start + r]! * k)
        }
        onProgress((start + count) / rows.length)
      }
    })
  },
}

/** Runs with kernels: of `muladd`, which every machine has, where the rounding shows; `auto` is the fastest. */
function withKernels<T>(arithmetic: 'muladd' | 'auto', run: (kernels: Kernels) => T): T {
  const kernels = openKernels({ arithmetic })
  try {
    return run(kernels)
  } finally {
    kernels.close()
  }
}

/**
 * Σ x·xᵀ of x = (v - shift)·scale from Σ u·uᵀ of u = v - centre, in float64 and in place:
 * with d = shift - centre, Σ (u - d)(u - d)ᵀ = Σ uuᵀ - s·dᵀ - d·sᵀ + n·d·dᵀ for s = Σ u.
 */
function moveProducts(
  products: Float64Array,
  inputs: ScaledRows,
  centre: Float32Array,
  rows: Uint32Array,
): Float64Array {
  const { values, columns, shift, scale } = inputs
  const sums = new Float64Array(columns)
  for (const row of rows) {
    for (let c = 0; c < columns; c++) sums[c] = sums[c]! + values[row * columns + c]! - centre[c]!
  }
  const d = Float64Array.from(shift, (s, c) => s - centre[c]!)
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j
      const moved = products[at]! - sums[i]! * d[j]! - d[i]! * sums[j]! + rows.length * d[i]! * d[j]!
      products[at] = moved * scale[i]! * scale[j]!
    }
  }
  return products
}

function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1)
}
