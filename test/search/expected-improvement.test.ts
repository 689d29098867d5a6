import { describe, expect, it } from 'vitest'
import { logExpectedImprovement } from '../../src/search/expected-improvement.ts'

/**
 * With φ and Φ of the standard normal and the improvement φ(z) + z Φ(z): its logarithm, Φ(z) over it, φ(z) over it. By
 * mpmath with 60 digits.
 */
const BY_MPMATH: readonly (readonly [z: number, value: number, below: number, density: number])[] = [
  [6, 1.79175946925, 0.166666666498, 1.01264714161e-9],
  [3, 1.09873966533, 0.332840968452, 0.00147709464461],
  [1, 0.0800262188493, 0.776638725202, 0.223361274798],
  [0.5, -0.359827683745, 0.990922718004, 0.504538640998],
  [0, -0.918938533205, 1.25331413732, 1],
  [-0.5, -1.62051626439, 1.55987314835, 1.77993657417],
  [-1, -2.48512102571, 1.90427123333, 2.90427123333],
  [-3, -7.8696860596, 3.53233751763, 11.5970125529],
  [-5.9, -21.9526684815, 6.21439827023, 37.6649497944],
  [-6, -22.5788793922, 6.30984077321, 38.8590446393],
  [-6.5, -25.8534242098, 6.78880352441, 45.1272229086],
  [-8, -37.1223642617, 8.23939650684, 66.9151720547],
  [-12, -77.909100545, 12.1633525716, 146.960230859],
  [-20, -206.917838509, 20.0992628111, 402.985256222],
  [-38, -730.196183402, 38.05252276, 1446.99586488],
]

describe('the logarithm of the expected improvement', () => {
  it.each(BY_MPMATH)(
    'is that of mpmath, its slopes too, the best value %f deviations above the mean',
    (z, ...expected) => {
      const [value, below, density] = expected
      const found = logExpectedImprovement(0, -z, 1)
      // More than six deviations below the mean it is a series: the next terms.
      const series = z < -6
      expect(Math.abs(found.value - value)).toBeLessThan(series ? 105 / z ** 6 : 1e-5)
      expect(Math.abs(-found.byMean / below - 1)).toBeLessThan(series ? 6 / z ** 4 : 1e-5)
      expect(Math.abs(found.byDeviation / density - 1)).toBeLessThan(series ? 42 / z ** 6 : 1e-5)
    },
  )

  it.each([-8, -1, 0.5])(
    'moves with the best and grows with the unit: the best value %f deviations above the mean',
    (z) => {
      const plain = logExpectedImprovement(0, -z, 1)
      const moved = logExpectedImprovement(7, 7 - 2.5 * z, 2.5)
      expect(moved.value).toBeCloseTo(plain.value + Math.log(2.5), 12)
      expect(moved.byMean).toBeCloseTo(plain.byMean / 2.5, 12)
      expect(moved.byDeviation).toBeCloseTo(plain.byDeviation / 2.5, 12)
    },
  )

  it('still tells candidates apart, and has a slope, where no improvement can be written as a number', () => {
    const [near, far] = [60, 61].map((mean) => logExpectedImprovement(0, mean, 1))
    expect(far!.value).toBeLessThan(near!.value - 60)
    expect(far!.byMean).toBeLessThan(-61)
  })
})
