/**
 * Points of the Sobol' sequence in base 2, each axis scrambled separately.
 *
 * Direction numbers: S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections,
 * SIAM J. Sci. Comput. 30 (2008), the table new-joe-kuo-6. Scrambling: nested uniform (Owen's), by hashing:
 * B. Burley, Practical Hash-based Owen Scrambling, J. Computer Graphics Techniques 9 (2020).
 */

/** How many axes the table has; the first needs no row. */
export const SOBOL_AXES = 37

/** A polynomial's inner coefficients, then the initial numbers; its degree is their count. */
type Polynomial = readonly [number, ...number[]]

/** For each axis from the second. */
const JOE_KUO: readonly Polynomial[] = [
  [0, 1],
  [1, 1, 3],
  [1, 1, 3, 1],
  [2, 1, 1, 1],
  [1, 1, 1, 3, 3],
  [4, 1, 3, 5, 13],
  [2, 1, 1, 5, 5, 17],
  [4, 1, 1, 5, 5, 5],
  [7, 1, 1, 7, 11, 19],
  [11, 1, 1, 5, 1, 1],
  [13, 1, 1, 1, 3, 11],
  [14, 1, 3, 5, 5, 31],
  [1, 1, 3, 3, 9, 7, 49],
  [13, 1, 1, 1, 15, 21, 21],
  [16, 1, 3, 1, 13, 27, 49],
  [19, 1, 1, 1, 15, 7, 5],
  [22, 1, 3, 1, 15, 13, 25],
  [25, 1, 1, 5, 5, 19, 61],
  [1, 1, 3, 7, 11, 23, 15, 103],
  [4, 1, 3, 7, 13, 13, 15, 69],
  [7, 1, 1, 3, 13, 7, 35, 63],
  [8, 1, 3, 5, 9, 1, 25, 53],
  [14, 1, 3, 1, 13, 9, 35, 107],
  [19, 1, 3, 1, 5, 27, 61, 31],
  [21, 1, 1, 5, 11, 19, 41, 61],
  [28, 1, 3, 5, 3, 3, 13, 69],
  [31, 1, 1, 7, 13, 1, 19, 1],
  [32, 1, 3, 7, 5, 13, 19, 59],
  [37, 1, 1, 3, 9, 25, 29, 41],
  [41, 1, 3, 5, 13, 23, 1, 55],
  [42, 1, 3, 7, 3, 13, 59, 17],
  [50, 1, 3, 1, 3, 5, 53, 69],
  [55, 1, 1, 5, 5, 23, 33, 13],
  [56, 1, 1, 7, 7, 1, 61, 123],
  [59, 1, 1, 7, 9, 13, 61, 49],
  [62, 1, 3, 3, 5, 3, 55, 33],
]

/** For each axis its 32 direction numbers, as fractions of 2^32. */
const DIRECTIONS: readonly Uint32Array[] = [
  Uint32Array.from({ length: 32 }, (_, bit) => 2 ** (31 - bit)),
  ...JOE_KUO.map(directions),
]

function directions([coefficients, ...initial]: Polynomial): Uint32Array {
  const degree = initial.length
  const found = new Uint32Array(32)
  for (let bit = 0; bit < 32; bit++) {
    if (bit < degree) {
      found[bit] = initial[bit]! << (31 - bit)
      continue
    }
    let number = found[bit - degree]! ^ (found[bit - degree]! >>> degree)
    for (let k = 1; k < degree; k++) {
      if ((coefficients >>> (degree - 1 - k)) & 1) number ^= found[bit - k]!
    }
    found[bit] = number
  }
  return found
}

/**
 * Coordinate `axis` (0 to SOBOL_AXES - 1) of the point of that index (0 to 2^32 - 1), in [0, 1), scrambled by the
 * 32-bit `seed`: each axis takes its own. The first 2^m points have one in each of 2^m equal parts of every axis.
 */
export function sobolCoordinate(axis: number, index: number, seed: number): number {
  const numbers = DIRECTIONS[axis]!
  let bits = 0
  for (let rest = index, bit = 0; rest !== 0; rest >>>= 1, bit++) {
    if (rest & 1) bits ^= numbers[bit]!
  }
  return scramble(bits, seed) / 2 ** 32
}

/** Flips each bit by a hash of the bits above it: Owen's scrambling. */
function scramble(bits: number, seed: number): number {
  let x = reverse(bits)
  x = (x + seed) | 0
  x ^= Math.imul(x, 0x6c50b47c)
  x ^= Math.imul(x, 0xb82f1e52)
  x ^= Math.imul(x, 0xc7afe638)
  x ^= Math.imul(x, 0x8d22f6e6)
  return reverse(x)
}

/** The 32 bits in the opposite order, as a number in [0, 2^32). */
function reverse(bits: number): number {
  let x = bits
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1)
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2)
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4)
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8)
  return ((x >>> 16) | (x << 16)) >>> 0
}
