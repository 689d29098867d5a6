/** Eigenvalues from the largest down, and their vectors, one in each row of `vectors` (count, n), of length 1. */
export interface EigenPairs {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * All eigenvalues and vectors of a symmetric matrix (n, n), in float64 and with additions, multiplications, divisions
 * and square roots alone: the same bits anywhere. About 4 n³ operations. A vector's largest element is positive.
 * Method: reflections to tridiagonal form, then QL steps with implicit shifts (Golub and Van Loan, chapter 8.3).
 */
export function symmetricEigen(matrix: Float64Array, n: number): EigenPairs {
  const { diagonal, beside, basis } = tridiagonalize(matrix, n)
  for (let first = 0; first < n; first++) deflate(diagonal, beside, basis, n, first)
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]!)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => {
    vectors.set(basis.subarray(from * n, (from + 1) * n), to * n)
  })
  fixSigns(vectors, n)
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors }
}

/** Turns each row (length n) so that its largest element in magnitude, the first of equals, is positive. */
export function fixSigns(vectors: Float64Array, n: number): void {
  for (let start = 0; start < vectors.length; start += n) {
    let largest = 0
    for (let i = start; i < start + n; i++) {
      if (Math.abs(vectors[i]!) > Math.abs(largest)) largest = vectors[i]!
    }
    if (largest < 0) for (let i = start; i < start + n; i++) vectors[i] = -vectors[i]!
  }
}

interface Tridiagonal {
  readonly diagonal: Float64Array
  /** beside[i] couples i and i + 1; the last is 0. */
  readonly beside: Float64Array
  /** Rows q with A = Σ T[i][j] · qᵢ qⱼᵀ. */
  readonly basis: Float64Array
}

function tridiagonalize(matrix: Float64Array, n: number): Tridiagonal {
  const a = matrix.slice()
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  const basis = new Float64Array(n * n)
  for (let i = 0; i < n; i++) basis[i * n + i] = 1
  /** Row k holds the unit vector of reflection k, from element k + 1 on; all 0 for none. */
  const reflections = new Float64Array(n * n)
  const w = new Float64Array(n)
  for (let k = 0; k + 1 < n; k++) {
    const v = reflections.subarray(k * n, (k + 1) * n)
    let tail = 0
    for (let i = k + 2; i < n; i++) tail += a[i * n + k]! * a[i * n + k]!
    const head = a[(k + 1) * n + k]!
    beside[k] = head
    if (tail === 0) continue
    const length = Math.sqrt(head * head + tail)
    beside[k] = head > 0 ? -length : length
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]!
    v[k + 1] = head - beside[k]!
    normalize(v)
    // A' = (I - 2vvᵀ) A (I - 2vvᵀ) = A - 2(v wᵀ + w vᵀ), with w = Av - (vᵀAv) v
    let vav = 0
    for (let i = k + 1; i < n; i++) {
      w[i] = dot(a, i * n, v, 0, k + 1, n)
      vav += w[i]! * v[i]!
    }
    for (let i = k + 1; i < n; i++) w[i] = w[i]! - vav * v[i]!
    for (let i = k + 1; i < n; i++) {
      const [vi, wi] = [2 * v[i]!, 2 * w[i]!]
      for (let j = k + 1; j < n; j++) a[i * n + j] = a[i * n + j]! - vi * w[j]! - wi * v[j]!
    }
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]!
  // Column j of Q = H0·H1·… is row j of the basis: apply the reflections to the unit rows, the last one first.
  for (let k = n - 2; k >= 0; k--) {
    const v = reflections.subarray(k * n, (k + 1) * n)
    if (v.every((x) => x === 0)) continue
    for (let row = k + 1; row < n; row++) {
      const along = 2 * dot(basis, row * n, v, 0, k + 1, n)
      for (let j = k + 1; j < n; j++) basis[row * n + j] = basis[row * n + j]! - along * v[j]!
    }
  }
  return { diagonal, beside, basis }
}

/** QL steps until nothing couples `first` to the rest. */
function deflate(d: Float64Array, e: Float64Array, basis: Float64Array, n: number, first: number): void {
  for (let steps = 0; ; steps++) {
    let last = first
    while (
      last + 1 < n &&
      Math.abs(e[last]!) > Number.EPSILON * (Math.abs(d[last]!) + Math.abs(d[last + 1]!))
    )
      last++
    if (last === first) return
    if (steps === 100) throw new Error('symmetricEigen: the QL iteration does not converge')
    // The shift is the eigenvalue of the leading 2x2 block that lies nearer to d[first].
    const half = (d[first + 1]! - d[first]!) / (2 * e[first]!)
    const root = Math.sqrt(half * half + 1)
    let g = d[last]! - d[first]! + e[first]! / (half + (half < 0 ? -root : root))
    let [sine, cosine, moved] = [1, 1, 0]
    let i = last - 1
    for (; i >= first; i--) {
      const f = sine * e[i]!
      const b = cosine * e[i]!
      const r = Math.sqrt(f * f + g * g)
      e[i + 1] = r
      if (r === 0) {
        d[i + 1] = d[i + 1]! - moved
        e[last] = 0
        break
      }
      sine = f / r
      cosine = g / r
      const shifted = d[i + 1]! - moved
      const t = (d[i]! - shifted) * sine + 2 * cosine * b
      moved = sine * t
      d[i + 1] = shifted + moved
      g = cosine * t - b
      rotateRows(basis, i * n, (i + 1) * n, n, cosine, sine)
    }
    if (i >= first) continue
    d[first] = d[first]! - moved
    e[first] = g
    e[last] = 0
  }
}

function rotateRows(m: Float64Array, p: number, q: number, n: number, cosine: number, sine: number): void {
  for (let j = 0; j < n; j++) {
    const [x, y] = [m[p + j]!, m[q + j]!]
    m[p + j] = cosine * x - sine * y
    m[q + j] = sine * x + cosine * y
  }
}

/** Σ a[aStart + i] · b[bStart + i] for i in [from, to), in that order. */
function dot(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  from: number,
  to: number,
): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += a[aStart + i]! * b[bStart + i]!
  return sum
}

function normalize(v: Float64Array): void {
  let squares = 0
  for (const x of v) squares += x * x
  const factor = 1 / Math.sqrt(squares)
  for (let i = 0; i < v.length; i++) v[i] = v[i]! * factor
}
