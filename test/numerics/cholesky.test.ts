import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cholesky, invert, solveLower, solveUpper } from '../../src/numerics/cholesky.ts'

/** A positive definite matrix as a packed lower triangle, and its entries. */
function matrixOf(n: number, numbers: readonly number[]) {
  const row = (i: number): number[] => Array.from({ length: n }, (_, k) => numbers[i * n + k]!)
  const at = (i: number, j: number): number =>
    row(i).reduce((sum, value, k) => sum + value * row(j)[k]!, i === j ? 1 : 0)
  const packed = Float64Array.from(
    Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, (_, j) => at(i, j))).flat(),
  )
  return { packed, at }
}

const matrices = fc
  .integer({ min: 1, max: 9 })
  .chain((n) =>
    fc.tuple(
      fc.constant(n),
      fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n * n, maxLength: n * n }),
    ),
  )

describe('a Cholesky factor', () => {
  it('solves the system that it was made from, and inverts it', () => {
    fc.assert(
      fc.property(matrices, ([n, numbers]) => {
        const { packed, at } = matrixOf(n, numbers)
        const factor = packed.slice()
        expect(cholesky(factor, n)).toBe(true)
        const x = Float64Array.from({ length: n }, (_, i) => i + 1)
        solveLower(factor, n, x)
        solveUpper(factor, n, x)
        const inverse = new Float64Array(packed.length)
        invert(factor, n, new Float64Array(packed.length), inverse)
        const entry = (i: number, j: number): number =>
          inverse[(Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)]!
        for (let i = 0; i < n; i++) {
          const back = x.reduce((sum, value, j) => sum + at(i, j) * value, 0)
          expect(back).toBeCloseTo(i + 1, 6)
          const solved = x.reduce((sum, _, j) => sum + entry(i, j) * (j + 1), 0)
          expect(solved).toBeCloseTo(x[i]!, 6)
        }
      }),
    )
  })

  it('is refused to a matrix that is not positive definite', () => {
    expect(cholesky(Float64Array.of(1, 2, 1), 2)).toBe(false)
  })
})
