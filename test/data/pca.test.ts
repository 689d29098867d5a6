import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leadingEigen } from '../../src/data/leading-eigen.ts'
import {
  fitPca,
  type PrincipalComponents,
  plainArithmetic,
  project,
  projectionOf,
  type ScaledRows,
} from '../../src/data/pca.ts'
import { type EigenPairs, symmetricEigen } from '../../src/data/symmetric-eigen.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'

interface Reference {
  readonly X: readonly (readonly number[])[]
  readonly mean: readonly number[]
  readonly covariance: readonly (readonly number[])[]
  readonly eigenvalues: readonly number[]
  /** A component in each column, its sign free. */
  readonly components: readonly (readonly number[])[]
  readonly rotated: readonly (readonly number[])[]
  readonly reducedTo3: readonly (readonly number[])[]
  readonly whitened: readonly (readonly number[])[]
}

const reference = JSON.parse(readFileSync('test/fixtures/data-pca.json', 'utf8')) as Reference
const columns = 8
const allRows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i)

/** The reference's rows in float64, which nothing rounds. */
const exact: ScaledRows = {
  values: Float64Array.from(reference.X.flat()),
  columns,
  shift: new Float64Array(columns),
  scale: new Float64Array(columns).fill(1),
}

function rotate(fit: PrincipalComponents, whiten: boolean): Float64Array {
  const out = new Float64Array(reference.X.length * fit.k)
  project(exact, allRows(reference.X.length), projectionOf(fit, whiten), plainArithmetic, out)
  return out
}

/** The largest difference of two tables, each column's sign being free. */
function differenceUpToSigns(
  got: Float64Array,
  expected: readonly (readonly number[])[],
  width: number,
): number {
  let largest = 0
  for (let j = 0; j < width; j++) {
    const along = expected.reduce((sum, row, i) => sum + row[j]! * got[i * width + j]!, 0)
    const sign = along < 0 ? -1 : 1
    for (const [i, row] of expected.entries()) {
      largest = Math.max(largest, Math.abs(row[j]! - sign * got[i * width + j]!))
    }
  }
  return largest
}

describe('principal components in float64', () => {
  const fit = fitPca(exact, allRows(40), columns, plainArithmetic)

  it('agree with the reference to 1e-9: mean, eigenvalues, components', () => {
    for (const [c, mean] of reference.mean.entries()) expect(Math.abs(fit.mean[c]! - mean)).toBeLessThan(1e-9)
    for (const [j, value] of reference.eigenvalues.entries()) {
      expect(Math.abs(fit.eigenvalues[j]! - value)).toBeLessThan(1e-9)
    }
    const components = projectionOf(fit, false).components
    expect(differenceUpToSigns(Float64Array.from(components), reference.components, columns)).toBeLessThan(
      1e-9,
    )
  })

  it('agree with the reference to 1e-9: rows rotated, reduced and whitened', () => {
    expect(differenceUpToSigns(rotate(fit, false), reference.rotated, columns)).toBeLessThan(1e-9)
    expect(differenceUpToSigns(rotate(fit, true), reference.whitened, columns)).toBeLessThan(1e-9)
    const three = fitPca(exact, allRows(40), 3, plainArithmetic)
    expect(differenceUpToSigns(rotate(three, false), reference.reducedTo3, 3)).toBeLessThan(1e-9)
  })

  it('are the same when the rows are shifted and scaled by their inputs first', () => {
    const shifted: ScaledRows = {
      values: Float64Array.from(exact.values, (x, i) => x / 4 + (i % columns)),
      columns,
      shift: Float64Array.from({ length: columns }, (_, c) => c),
      scale: new Float64Array(columns).fill(4),
    }
    const again = fitPca(shifted, allRows(40), columns, plainArithmetic)
    for (let j = 0; j < columns; j++) expect(again.eigenvalues[j]).toBeCloseTo(fit.eigenvalues[j]!, 9)
  })

  it('come from the given rows alone', () => {
    const half = fitPca(exact, allRows(20), columns, plainArithmetic)
    const cut = { ...exact, values: exact.values.slice(0, 20 * columns) }
    expect(half).toEqual(fitPca(cut, allRows(20), columns, plainArithmetic))
    expect(half.eigenvalues[0]).not.toBe(fit.eigenvalues[0])
  })
})

/** A = Q·diag(values)·Qᵀ, where Q is a product of random reflections. */
function matrixWith(values: readonly number[], seed: number): Float64Array {
  const n = values.length
  const generator = fastGenerator(['test matrix', seed])
  const matrix = new Float64Array(n * n)
  for (const [i, value] of values.entries()) matrix[i * n + i] = value
  for (let reflection = 0; reflection < 6; reflection++) {
    const v = Float64Array.from({ length: n }, () => generator.next() - 0.5)
    const length = Math.sqrt(dot(v, v))
    for (let i = 0; i < n; i++) v[i] = v[i]! / length
    const product = Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), v))
    const along = dot(product, v)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        matrix[i * n + j] =
          matrix[i * n + j]! - 2 * (v[i]! * product[j]! + product[i]! * v[j]!) + 4 * along * v[i]! * v[j]!
      }
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j]!
  return matrix
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** The largest |Av - λv|, and how far the vectors are from orthonormal. */
function faultsOf(
  matrix: Float64Array,
  n: number,
  { values, vectors }: EigenPairs,
): { residual: number; skew: number } {
  const row = (v: number): Float64Array => vectors.subarray(v * n, (v + 1) * n)
  let [residual, skew] = [0, 0]
  for (let v = 0; v < values.length; v++) {
    const vector = row(v)
    for (let i = 0; i < n; i++) {
      const product = dot(matrix.subarray(i * n, (i + 1) * n), vector)
      residual = Math.max(residual, Math.abs(product - values[v]! * vector[i]!))
    }
    for (let u = 0; u <= v; u++) skew = Math.max(skew, Math.abs(dot(row(u), row(v)) - (u === v ? 1 : 0)))
  }
  return { residual, skew }
}

/** Jacobi rotations: slow, and right by looking at it. */
function eigenvaluesByJacobi(matrix: Float64Array, n: number): readonly number[] {
  const a = matrix.slice()
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!)
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let i = 0; i < n; i++) {
          const [x, y] = [a[i * n + p]!, a[i * n + q]!]
          a[i * n + p] = c * x - s * y
          a[i * n + q] = s * x + c * y
        }
        for (let i = 0; i < n; i++) {
          const [x, y] = [a[p * n + i]!, a[q * n + i]!]
          a[p * n + i] = c * x - s * y
          a[q * n + i] = s * x + c * y
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]!).sort((x, y) => y - x)
}

describe('all eigenvalues of a symmetric matrix', () => {
  it('are those that Jacobi rotations find, with orthonormal vectors, whatever the matrix', () => {
    const entries = fc
      .integer({ min: 1, max: 12 })
      .chain((n) =>
        fc.array(fc.constantFrom(0, 1, -1, 0.5, 3, -2.25, 1e-8, 100), { minLength: n * n, maxLength: n * n }),
      )
    fc.assert(
      fc.property(entries, (numbers) => {
        const n = Math.round(Math.sqrt(numbers.length))
        const matrix = Float64Array.from(numbers)
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j]!
        const size = 1 + Math.max(...matrix.map(Math.abs)) * n
        const found = symmetricEigen(matrix, n)
        const { residual, skew } = faultsOf(matrix, n, found)
        expect(residual / size).toBeLessThan(1e-13)
        expect(skew).toBeLessThan(1e-13)
        eigenvaluesByJacobi(matrix, n).forEach((value, i) => {
          expect(Math.abs(found.values[i]! - value) / size).toBeLessThan(1e-13)
        })
      }),
    )
  })

  it('fall, and the largest element of each vector is positive', () => {
    const { values, vectors } = symmetricEigen(matrixWith([3, -1, 7, 0, 2], 1), 5)
    expect([...values].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([7, 3, 2, 0, -1])
    for (let v = 0; v < 5; v++) {
      const vector = [...vectors.subarray(v * 5, v * 5 + 5)]
      const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
      expect(largest).toBeGreaterThan(0)
    }
  })
})

describe('the leading eigenvalues of a large matrix', () => {
  const n = 420
  const spectra: readonly (readonly [string, readonly number[]])[] = [
    ['fall like a power', Array.from({ length: n }, (_, i) => 1 / (1 + i) ** 1.5)],
    [
      'come in equal pairs and a flat tail',
      Array.from({ length: n }, (_, i) => (i < 20 ? 40 - (i >> 1) : 1)),
    ],
    ['are few, the others being 0', Array.from({ length: n }, (_, i) => (i < 5 ? 5 - i : 0))],
  ]
  it.each(spectra)('are found when they %s', (_, values) => {
    const matrix = matrixWith(values, 5)
    const found = leadingEigen(matrix, n, 12)
    const { residual, skew } = faultsOf(matrix, n, found)
    const expected = [...values].sort((a, b) => b - a)
    expect(residual / expected[0]!).toBeLessThan(2e-9)
    expect(skew).toBeLessThan(1e-12)
    found.values.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!) / expected[0]!).toBeLessThan(1e-12)
    })
  })

  it('are the leading ones of the full decomposition, bit for bit the same each time', () => {
    const matrix = matrixWith(
      Array.from({ length: n }, (_, i) => 1 / (1 + i)),
      9,
    )
    const found = leadingEigen(matrix, n, 10)
    expect(leadingEigen(matrix, n, 10)).toEqual(found)
    const full = symmetricEigen(matrix, n)
    let largest = 0
    for (let i = 0; i < 10 * n; i++) {
      largest = Math.max(largest, Math.abs(found.vectors[i]! - full.vectors[i]!))
    }
    expect(largest).toBeLessThan(1e-7)
  })
})
