import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kernelArithmetic } from '../../src/data/kernel-arithmetic.ts'
import { fitPca, plainArithmetic, project, projectionOf, type ScaledRows } from '../../src/data/pca.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'

const noProgress = (): void => {}

/** Random bytes, or floats, in columns of their own spread; shifted and scaled unevenly. */
function randomRows(count: number, columns: number, kind: 'bytes' | 'floats', seed: number): ScaledRows {
  const generator = fastGenerator(['test rows', seed])
  const values = kind === 'bytes' ? new Uint8Array(count * columns) : new Float32Array(count * columns)
  for (let i = 0; i < values.length; i++) {
    const number = generator.next() * (1 + ((i % columns) % 7))
    values[i] = kind === 'bytes' ? Math.floor(number * 36) : number - 2
  }
  return {
    values,
    columns,
    shift: Float32Array.from({ length: columns }, () => (kind === 'bytes' ? 100 : 0.5) * generator.next()),
    scale: Float32Array.from({ length: columns }, () => 0.25 + generator.next()),
  }
}

function rowsOf(count: number, seed: number): Uint32Array {
  const generator = fastGenerator(['test order', seed])
  return Uint32Array.from({ length: count }, () => generator.below(count))
}

/** Σ x·xᵀ where whole numbers are shifted and scaled in float64: nothing is rounded before the sum. */
function exactGram({ values, columns, shift, scale }: ScaledRows, rows: Uint32Array): Float64Array {
  const exact: ScaledRows = {
    values: Float64Array.from(values),
    columns,
    shift: Float64Array.from(shift),
    scale: Float64Array.from(scale),
  }
  return plainArithmetic.gram(exact, rows, noProgress)
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

describe('the products by kernels', () => {
  it('are those of the plain loops, for any shape of bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        (count, columns, seed) => {
          const inputs = randomRows(count, columns, 'bytes', seed)
          const rows = rowsOf(count, seed)
          const expected = exactGram(inputs, rows)
          const size = 1 + Math.max(...expected)
          expect(
            largestDifference(kernelArithmetic.gram(inputs, rows, noProgress), expected) / size,
          ).toBeLessThan(1e-12)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('are exact to float64 over several blocks of columns and chunks of rows of the most extreme bytes', () => {
    const columns = 390
    const values = Uint8Array.from({ length: 2100 * columns }, (_, i) =>
      (i * 7919 + Math.floor(i / columns)) % 3 === 0 ? 0 : 255,
    )
    const inputs = {
      values,
      columns,
      shift: new Float32Array(columns),
      scale: new Float32Array(columns).fill(1),
    }
    const rows = Uint32Array.from({ length: 2100 }, (_, i) => i)
    const progress: number[] = []
    const got = kernelArithmetic.gram(inputs, rows, (done) => progress.push(done))
    const sum = (i: number, j: number): number => {
      let total = 0
      for (let r = 0; r < 2100; r++) total += values[r * columns + i]! * values[r * columns + j]!
      return total
    }
    for (const [i, j] of [
      [0, 0],
      [0, 389],
      [389, 0],
      [200, 384],
      [385, 383],
    ] as const) {
      expect(got[i * columns + j]).toBe(sum(i, j))
    }
    expect(progress.length).toBeGreaterThan(1)
    expect(progress.at(-1)).toBe(1)
  })

  it('of floats are those of the plain loops to float32', () => {
    const inputs = randomRows(90, 33, 'floats', 3)
    const rows = rowsOf(90, 4)
    const expected = plainArithmetic.gram(inputs, rows, noProgress)
    const size = Math.max(...expected)
    expect(largestDifference(kernelArithmetic.gram(inputs, rows, noProgress), expected) / size).toBeLessThan(
      1e-5,
    )
  })

  it.each(['bytes', 'floats'] as const)('rotate %s as the plain loops do, to float32', (kind) => {
    const inputs = randomRows(70, 20, kind, 5)
    const rows = rowsOf(70, 6)
    const projection = projectionOf(fitPca(inputs, rows, 6, plainArithmetic), true)
    const [plain, fast] = [new Float32Array(70 * 6), new Float32Array(70 * 6)]
    project(inputs, rows, projection, plainArithmetic, plain)
    project(inputs, rows, projection, kernelArithmetic, fast)
    expect(largestDifference(fast, plain)).toBeLessThan(1e-4)
    expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(0.5)
  })
})
