import { fastGenerator } from '../random/fast-generator.ts'
import { type EigenPairs, fixSigns, symmetricEigen } from './symmetric-eigen.ts'

/** Vectors that are multiplied at once. */
const BLOCK = 8
/** A pair counts as found when |Av - λv| is below this share of the largest eigenvalue. */
const TOLERANCE = 1e-9
/** Up to this size all pairs are computed at once: it is faster and needs no iteration. */
const SMALL = 384

/**
 * The k largest eigenvalues of a symmetric, positive semidefinite matrix (n, n) and their vectors, in float64; the
 * same bits anywhere. Calls `onProgress` with a share from 0 to 1.
 *
 * A block Krylov method: an orthonormal basis of V, AV, A²V, … for a random block V grows until the best
 * approximations in it (Rayleigh and Ritz) are eigenvectors to within TOLERANCE. It needs a few times k
 * multiplications of the matrix with a vector, where plain subspace iteration needs some 30 k.
 * Source: Golub and Van Loan, Matrix Computations, chapter 10 (block Lanczos with full orthogonalisation).
 */
export function leadingEigen(
  matrix: Float64Array,
  n: number,
  k: number,
  onProgress: (done: number) => void = () => {},
): EigenPairs {
  if (n <= SMALL || 3 * k > n) return first(symmetricEigen(matrix, n), n, k)
  const basis = new KrylovBasis(matrix, n)
  let check = Math.min(n, Math.max(2 * k, k + 8 * BLOCK))
  for (;;) {
    basis.extend()
    onProgress(Math.min(0.99, basis.multiplied / (5 * k)))
    if (basis.multiplied < check && basis.size < n) continue
    check = Math.min(n, Math.ceil(check * 1.15) + BLOCK)
    const found = basis.leading(k)
    if (found !== null) return found
  }
}

/** Orthonormal vectors q₀, q₁, … and the products qᵢ·Aqⱼ with those that have been multiplied. */
class KrylovBasis {
  readonly #matrix: Float64Array
  readonly #n: number
  readonly #generator = fastGenerator(['leading eigenvectors', 'start'])
  #vectors: Float64Array
  /** Row j: qᵢ·Aqⱼ for each i. */
  readonly #products: Float64Array[] = []
  size = 0

  constructor(matrix: Float64Array, n: number) {
    this.#matrix = matrix
    this.#n = n
    this.#vectors = new Float64Array(64 * BLOCK * n)
    for (let i = 0; i < BLOCK; i++) this.#appendRandom()
  }

  /** How many of the vectors have been multiplied with the matrix. */
  get multiplied(): number {
    return this.#products.length
  }

  /** Multiplies the newest vectors and appends what is new in their products. */
  extend(): void {
    const begin = this.multiplied
    const block = this.size - begin
    const products = multiplyBlock(this.#matrix, this.#n, this.#row(begin, block), block)
    for (let j = 0; j < block; j++) {
      const w = products.subarray(j * this.#n, (j + 1) * this.#n)
      const coefficients = this.#orthogonalize(w)
      const before = this.#products.length === 0 ? 0 : Math.abs(this.#products[0]![0]!)
      const length = Math.sqrt(dot(w, 0, w, 0, this.#n))
      if (this.size < this.#n) {
        // Nothing new: the basis holds an invariant subspace, and goes on from a random direction.
        if (length <= 1e-13 * Math.max(before, Number.MIN_VALUE)) this.#appendRandom()
        else {
          coefficients[this.size] = length
          this.#append(w, 1 / length)
        }
      }
      this.#products.push(coefficients)
    }
  }

  /** The k largest pairs; null as long as one of them is not found well enough. */
  leading(k: number): EigenPairs | null {
    const m = this.multiplied
    const small = new Float64Array(m * m)
    for (let j = 0; j < m; j++) {
      for (let i = 0; i <= j; i++) {
        small[i * m + j] = this.#products[j]![i]!
        small[j * m + i] = this.#products[j]![i]!
      }
    }
    const ritz = symmetricEigen(small, m)
    if (m < this.#n && this.#residual(ritz, m, k) > TOLERANCE * ritz.values[0]!) return null
    const vectors = new Float64Array(k * this.#n)
    for (let v = 0; v < k; v++) {
      const vector = vectors.subarray(v * this.#n, (v + 1) * this.#n)
      for (let j = 0; j < m; j++) addScaled(vector, this.#row(j, 1), ritz.vectors[v * m + j]!)
    }
    fixSigns(vectors, this.#n)
    return { values: ritz.values.slice(0, k), vectors }
  }

  /** The largest |Ay - λy| of the k leading pairs: what of Ay leaves the multiplied vectors. */
  #residual(ritz: EigenPairs, m: number, k: number): number {
    let largest = 0
    for (let v = 0; v < k; v++) {
      let squares = 0
      for (let i = m; i < this.size; i++) {
        let along = 0
        for (let j = Math.max(0, m - 2 * BLOCK); j < m; j++)
          along += ritz.vectors[v * m + j]! * this.#products[j]![i]!
        squares += along * along
      }
      largest = Math.max(largest, Math.sqrt(squares))
    }
    return largest
  }

  #row(start: number, count: number): Float64Array {
    return this.#vectors.subarray(start * this.#n, (start + count) * this.#n)
  }

  /** Takes from w its parts along the basis; returns them, with room for the vectors of the next block. */
  #orthogonalize(w: Float64Array): Float64Array {
    const coefficients = new Float64Array(this.size + 2 * BLOCK)
    // Twice is enough: what rounding leaves after the first pass is gone after the second.
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < this.size; i++) {
        const along = dot(this.#vectors, i * this.#n, w, 0, this.#n)
        coefficients[i] = coefficients[i]! + along
        addScaled(w, this.#row(i, 1), -along)
      }
    }
    return coefficients
  }

  #append(w: Float64Array, factor: number): void {
    const start = this.size * this.#n
    if (start === this.#vectors.length) {
      const larger = new Float64Array(2 * start)
      larger.set(this.#vectors)
      this.#vectors = larger
    }
    for (let i = 0; i < this.#n; i++) this.#vectors[start + i] = w[i]! * factor
    this.size++
  }

  #appendRandom(): void {
    const w = Float64Array.from({ length: this.#n }, () => this.#generator.next() - 0.5)
    this.#orthogonalize(w)
    this.#append(w, 1 / Math.sqrt(dot(w, 0, w, 0, this.#n)))
  }
}

/** A·v for each row v of `block` (count, n); A symmetric. Two rows of A and four vectors at a time stay in registers. */
function multiplyBlock(a: Float64Array, n: number, block: Float64Array, count: number): Float64Array {
  const out = new Float64Array(count * n)
  let v = 0
  for (; v + 4 <= count; v += 4) {
    const [p, q, r, s] = [v * n, (v + 1) * n, (v + 2) * n, (v + 3) * n]
    for (let row = 0; row < n; row++) {
      const at = row * n
      let [w, x, y, z] = [0, 0, 0, 0]
      for (let i = 0; i < n; i++) {
        const element = a[at + i]!
        w += element * block[p + i]!
        x += element * block[q + i]!
        y += element * block[r + i]!
        z += element * block[s + i]!
      }
      out[p + row] = w
      out[q + row] = x
      out[r + row] = y
      out[s + row] = z
    }
  }
  for (; v < count; v++) {
    for (let row = 0; row < n; row++) out[v * n + row] = dot(a, row * n, block, v * n, n)
  }
  return out
}

function first(pairs: EigenPairs, n: number, k: number): EigenPairs {
  return { values: pairs.values.slice(0, k), vectors: pairs.vectors.slice(0, k * n) }
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!
  return sum
}

/** y += factor · x */
function addScaled(y: Float64Array, x: Float64Array, factor: number): void {
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + factor * x[i]!
}
