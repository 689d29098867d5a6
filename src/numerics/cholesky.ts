/**
 * Symmetric positive definite systems. Matrices are packed lower triangles: the entry (row, column <= row) lies at
 * row·(row + 1)/2 + column. Every sum is in a fixed order, so that results are the same bits everywhere.
 */

/** Factors a symmetric matrix into L·Lᵀ in place; false if it is not positive definite. O(n³ / 6). */
export function cholesky(matrix: Float64Array, n: number): boolean {
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0, other = 0; j <= i; other += ++j) {
      const sum = matrix[row + j]! - dot(matrix, row, other, j)
      if (j < i) matrix[row + j] = sum / matrix[other + j]!
      else if (sum > 1e-12) matrix[row + i] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** The product of two stretches of an array, four sums at a time. */
function dot(values: Float64Array, a: number, b: number, count: number): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let k = 0
  for (; k + 3 < count; k += 4) {
    first += values[a + k]! * values[b + k]!
    second += values[a + k + 1]! * values[b + k + 1]!
    third += values[a + k + 2]! * values[b + k + 2]!
    fourth += values[a + k + 3]! * values[b + k + 3]!
  }
  for (; k < count; k++) first += values[a + k]! * values[b + k]!
  return first + second + (third + fourth)
}

/** Solves L·x = b in place; only the first n entries of b are used. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0, at = 0; i < n; i++, at++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= factor[at++]! * b[k]!
    b[i] = sum / factor[at]!
  }
}

/** Solves Lᵀ·x = b in place. */
export function solveUpper(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1, row = (n * (n - 1)) / 2; i >= 0; row -= i--) {
    const solved = b[i]! / factor[row + i]!
    b[i] = solved
    for (let k = 0; k < i; k++) b[k]! -= factor[row + k]! * solved
  }
}

/** Writes the inverse of L·Lᵀ into `inverse`, with `scratch` for the inverse of L; both as long as `factor`. O(n³ / 3). */
export function invert(factor: Float64Array, n: number, scratch: Float64Array, inverse: Float64Array): void {
  invertFactor(factor, n, scratch)
  inverse.fill(0, 0, rowStart(n))
  let k = 0
  for (; k + 3 < n; k += 4) {
    const rows = rowStart(k)
    for (let i = 0, to = 0; i <= k; to += ++i) {
      const b = rows + k + 1
      const c = b + k + 2
      const d = c + k + 3
      const first = scratch[rows + i]!
      addFourRows(inverse, to, scratch, k, i + 1, first, scratch[b + i]!, scratch[c + i]!, scratch[d + i]!)
    }
    // The rows below the first of the four also reach the columns between.
    for (let r = k + 1; r < k + 4; r++) addProducts(inverse, scratch, r, k + 1)
  }
  for (; k < n; k++) addProducts(inverse, scratch, k, 0)
}

/** The inverse of L: row i from the rows above it. */
function invertFactor(factor: Float64Array, n: number, into: Float64Array): void {
  for (let i = 0, to = 0; i < n; to += ++i) {
    into.fill(0, to, to + i)
    let k = 0
    for (; k + 3 < i; k += 4) {
      const at = to + k
      const first = -factor[at]!
      addFourRows(into, to, into, k, k + 1, first, -factor[at + 1]!, -factor[at + 2]!, -factor[at + 3]!)
      for (let r = k + 1; r < k + 4; r++) {
        const from = rowStart(r)
        for (let j = k + 1; j <= r; j++) into[to + j]! += -factor[to + r]! * into[from + j]!
      }
    }
    for (; k < i; k++) {
      const from = rowStart(k)
      for (let j = 0; j <= k; j++) into[to + j]! += -factor[to + k]! * into[from + j]!
    }
    const pivot = 1 / factor[to + i]!
    for (let j = 0; j < i; j++) into[to + j]! *= pivot
    into[to + i] = pivot
  }
}

/** Adds the products of the entries of row k of a factor with each other, from column `first` on. */
function addProducts(into: Float64Array, factor: Float64Array, k: number, first: number): void {
  const from = rowStart(k)
  for (let i = first, to = rowStart(first); i <= k; to += ++i) {
    const weight = factor[from + i]!
    for (let j = 0; j <= i; j++) into[to + j]! += weight * factor[from + j]!
  }
}

/** Adds the first `count` entries of rows k to k + 3, each times its weight, in this order: four times fewer stores. */
function addFourRows(
  into: Float64Array,
  to: number,
  rows: Float64Array,
  k: number,
  count: number,
  first: number,
  second: number,
  third: number,
  fourth: number,
): void {
  const a = rowStart(k)
  const b = a + k + 1
  const c = b + k + 2
  const d = c + k + 3
  for (let j = 0; j < count; j++) {
    into[to + j] =
      into[to + j]! +
      first * rows[a + j]! +
      second * rows[b + j]! +
      third * rows[c + j]! +
      fourth * rows[d + j]!
  }
}

function rowStart(row: number): number {
  return (row * (row + 1)) / 2
}
