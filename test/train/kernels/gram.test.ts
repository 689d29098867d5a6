import { describe, expect, test } from 'vitest'
import type { Inputs } from '../../../src/train/inputs.ts'
import { gram, rotate } from '../../../src/train/kernels/gram.ts'
import { openKernels } from '../../../src/train/kernels/open-kernels.ts'
import { createPlainKernels } from '../../../src/train/kernels/plain/plain-kernels.ts'
import { numbers } from './variants.ts'

const COLUMNS = 210
const inputs: Inputs = {
  values: Uint8Array.from({ length: 60 * COLUMNS }, (_, i) => Math.imul(i + 1, 0x9e3779b9) >>> 24),
  columns: COLUMNS,
  shift: numbers(COLUMNS, 1).map((value) => 127 + value),
  scale: numbers(COLUMNS, 2),
}
const rows = Uint32Array.from({ length: 40 }, (_, i) => (i * 7) % 60)

function scaled(row: number, column: number): number {
  const { values, shift, scale } = inputs
  return (values[row * COLUMNS + column]! - shift[column]!) * scale[column]!
}

describe('products of whole data sets', () => {
  test('the Gram matrix is Σ x·xᵀ over the given rows, and symmetric', () => {
    const kernels = openKernels()
    const result = gram(kernels, inputs, rows)
    kernels.close()
    for (const [i, j] of [
      [0, 0],
      [3, 200],
      [200, 3],
      [209, 209],
      [191, 192],
      [100, 7],
    ] as const) {
      let sum = 0
      for (const row of rows) sum += scaled(row, i) * scaled(row, j)
      expect(result[i * COLUMNS + j]).toBeCloseTo(sum, 0)
      expect(result[i * COLUMNS + j]).toBe(result[j * COLUMNS + i])
    }
  })

  test('it has the same bits in the plain reference', () => {
    const kernels = openKernels()
    const plain = createPlainKernels({ precision: 'float32', arithmetic: kernels.arithmetic })
    expect(gram(kernels, inputs, rows)).toEqual(gram(plain, inputs, rows))
    kernels.close()
  })

  test('rotating writes x·W + b to the places of the given rows alone', () => {
    const kernels = openKernels()
    const weights = numbers(COLUMNS * 3, 3)
    const out = new Float64Array(60 * 3).fill(7)
    rotate(kernels, inputs, rows, weights, [1, 2, 3], out)
    kernels.close()
    const row = rows[5]!
    let sum = 2
    for (let c = 0; c < COLUMNS; c++) sum += scaled(row, c) * weights[c * 3 + 1]!
    expect(out[row * 3 + 1]).toBeCloseTo(sum, 2)
    const left = out.filter((_, i) => !rows.includes(Math.floor(i / 3)))
    expect(left.every((value) => value === 7)).toBe(true)
  })
})
