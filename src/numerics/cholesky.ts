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
  // Row i of the inverse of L from the rows above it.
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0; j < i; j++) scratch[row + j] = 0
    for (let k = 0, other = 0; k < i; other += ++k) {
      const weight = factor[row + k]!
      for (let j = 0; j <= k; j++) scratch[row + j]! -= weight * scratch[other + j]!
    }
    const pivot = 1 / factor[row + i]!
    for (let j = 0; j < i; j++) scratch[row + j]! *= pivot
    scratch[row + i] = pivot
  }
  inverse.fill(0, 0, (n * (n + 1)) / 2)
  for (let k = 0, from = 0; k < n; from += ++k) {
    for (let i = 0, row = 0; i <= k; row += ++i) {
      const weight = scratch[from + i]!
      for (let j = 0; j <= i; j++) inverse[row + j]! += weight * scratch[from + j]!
    }
  }
}
