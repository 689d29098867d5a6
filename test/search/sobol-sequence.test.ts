import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SOBOL_AXES, sobolCoordinate } from '../../src/search/sobol-sequence.ts'

/**
 * Coordinates of the unscrambled sequence as fractions of 2^32, axis by axis: those of `scipy.stats.qmc.Sobol(37, bits=32)`
 * of SciPy 1.17, which counts points in the order of the Gray code.
 */
const BY_SCIPY: readonly (readonly [index: number, coordinates: string])[] = [
  [
    0x99999999,
    `99999999 00000007 3d002d2d d00855bb 30030055 51c3d2c3 1d90791f 12900679 ad8d0509 b718fcf9 39a53565 1357186d 2c3f051f
     8433f98b 9b705045 37d6ff5d ec11635f 79309305 0c7a7023 3d3f10f3 f71e6ad5 86f3cb75 db956a51 ac0024b5 121ca9bd eecd2193
     0f33939b ba78a755 ce1ff90d 6bfad901 86842305 2cf3c10b 836a100b 742fd00d 3cfd000f 4be50001 2f00000d`,
  ],
  [
    0xffffffff,
    `ffffffff 00000001 4f00ffff 300cff8d 50050093 c0111111 4070ccdd 84f0027f 87f305cf 812ad7a7 87629643 84fe76d3 840d0e51
     ed0cf3ad 2b02b0eb 504f41df 33cc45bd d5145157 d91d5079 d0b76ed1 cf013877 a3926ad7 950c6837 3400199b e7c54f53 b690cefd
     3711477d 8f8f63ff a9d2170f 0c77e303 694dbd03 8391ef09 4f67f005 c667f003 41030005 d2d3000b b1000007`,
  ],
]

/** Burley's hash on whole numbers without a limit: bits from the lowest to the highest are those of the fraction. */
function scrambled(coordinate: number, seed: number): number {
  const turned = (value: bigint): bigint => BigInt(`0b${[...bits(value)].reverse().join('')}`)
  const bits = (value: bigint): string => value.toString(2).padStart(32, '0')
  const below = 2n ** 32n
  let x = (turned(BigInt(coordinate)) + BigInt(seed)) % below
  for (const factor of [0x6c50b47cn, 0xb82f1e52n, 0xc7afe638n, 0x8d22f6e6n]) x ^= (x * factor) % below
  return Number(turned(x)) / 2 ** 32
}

describe("the Sobol' sequence", () => {
  it('has the points of SciPy, scrambled', () => {
    for (const [index, coordinates] of BY_SCIPY) {
      const expected = coordinates.split(/\s+/).map((hex) => Number.parseInt(hex, 16))
      expect(expected).toHaveLength(SOBOL_AXES)
      for (const seed of [0, 1, 0x12345678, 0xfedcba98]) {
        const found = expected.map((_, axis) => sobolCoordinate(axis, index, seed))
        expect(found).toEqual(expected.map((coordinate) => scrambled(coordinate, seed)))
      }
    }
  })

  it('begins at 0 and halves the first axis as van der Corput does, where nothing is scrambled', () => {
    // A scrambled coordinate tells which one it was: scrambling is one to one.
    const seed = 42
    for (const [index, coordinate] of [0, 1 / 2, 1 / 4, 3 / 4, 1 / 8, 5 / 8, 3 / 8, 7 / 8].entries()) {
      expect(sobolCoordinate(0, index, seed)).toBe(scrambled(coordinate * 2 ** 32, seed))
    }
  })

  it('has one of the first 2^m points in each of 2^m equal parts, whatever the axis and the seed', () => {
    const axes = fc.integer({ min: 0, max: SOBOL_AXES - 1 })
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    fc.assert(
      fc.property(axes, seeds, fc.integer({ min: 0, max: 8 }), (axis, seed, m) => {
        const count = 2 ** m
        const points = Array.from({ length: count }, (_, index) => sobolCoordinate(axis, index, seed))
        expect(points.every((u) => u >= 0 && u < 1)).toBe(true)
        expect(new Set(points.map((u) => Math.floor(u * count))).size).toBe(count)
      }),
      { seed: 1 },
    )
  })

  it('fills each pair of the first axes evenly: one of 16 points in each of 16 boxes', () => {
    const boxes = Array.from({ length: 16 }, (_, index) => {
      const [x, y] = [sobolCoordinate(0, index, 7), sobolCoordinate(1, index, 8)]
      return 4 * Math.floor(4 * x!) + Math.floor(4 * y!)
    })
    expect(new Set(boxes).size).toBe(16)
  })
})
