import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { fitGaussianProcess } from '../../src/search/gaussian-process.ts'

function observations(count: number, value: (x: number, y: number, kind: number) => number) {
  const draws = fastGenerator(['process', 42])
  const places = Array.from({ length: count }, () =>
    Float64Array.of(draws.next(), draws.next(), draws.below(2)),
  )
  return {
    places,
    values: Float64Array.from(places, ([x, y, kind]) => value(x!, y!, kind!)),
    groups: new Float64Array(count),
    isChoice: [false, false, true],
  }
}

describe('the Gaussian process', () => {
  const smooth = (x: number, _y: number, kind: number): number => Math.sin(4 * x) + kind
  const seen = observations(30, smooth)
  const process = fitGaussianProcess(seen)

  it('predicts a smooth function where it has not seen it', () => {
    for (const [x, y, kind] of [
      [0.3, 0.1, 0],
      [0.7, 0.9, 1],
      [0.5, 0.5, 0],
    ] as const) {
      const { mean, deviation } = process.predict(Float64Array.of(x, y, kind), 0)
      expect(mean).toBeCloseTo(smooth(x, y, kind), 1)
      expect(deviation).toBeLessThan(0.15)
    }
  })

  it('gives the same mean alone, also where it believes pending trials', () => {
    const place = Float64Array.of(0.31, 0.62, 1)
    expect(process.meanAt(place, 0)).toBeCloseTo(process.predict(place, 0).mean, 9)
    const believing = process.believing([Float64Array.of(1.4, 0.5, 0)], 0)
    expect(believing.meanAt(place, 0)).toBeCloseTo(believing.predict(place, 0).mean, 9)
  })

  it('finds the noise of the measurements', () => {
    expect(process.noise).toBeLessThan(0.05)
    const draws = fastGenerator(['noise of the process'])
    const noisy = observations(100, (x, y, kind) => smooth(x, y, kind) + 0.6 * (draws.next() - 0.5))
    // A uniform error of that width has a standard deviation of 0.173.
    expect(fitGaussianProcess(noisy).noise).toBeGreaterThan(0.12)
    expect(fitGaussianProcess(noisy).noise).toBeLessThan(0.25)
  })

  it('is less certain away from what it has seen', () => {
    const near = process.predict(seen.places[0]!, 0).deviation
    expect(process.predict(Float64Array.of(3, 0.5, 0), 0).deviation).toBeGreaterThan(2 * near)
  })

  it('keeps its mean and loses its doubt where it believes pending trials', () => {
    const place = Float64Array.of(1.4, 0.5, 0)
    const before = process.predict(place, 0)
    const after = process.believing([place, Float64Array.of(1.5, 0.2, 1)], 0).predict(place, 0)
    expect(after.mean).toBeCloseTo(before.mean, 6)
    expect(after.deviation).toBeLessThan(0.7 * before.deviation)
    expect(process.believing([], 0).predict(place, 0)).toEqual(before)
  })

  it('carries the shape, not the level, over to another group', () => {
    const shifted = { ...seen, places: [...seen.places, ...seen.places.slice(0, 3)] }
    const values = Float64Array.of(...seen.values, ...seen.values.slice(0, 3).map((value) => value - 2))
    const groups = Float64Array.from(values, (_, i) => (i < 30 ? 0 : 1))
    const both = fitGaussianProcess({ ...shifted, values, groups })
    const at = (x: number) => both.predict(Float64Array.of(x, 0.5, 0), 1).mean
    expect(at(0.4) - at(0.95)).toBeCloseTo(Math.sin(1.6) - Math.sin(3.8), 0)
    expect(at(0.4)).toBeLessThan(0)
  })
})

describe('slopes', () => {
  it('of a prediction agree with differences, on ranges; choices have none', () => {
    const process = fitGaussianProcess(observations(25, (x, y, kind) => Math.sin(5 * x) + y * y + kind))
    const believing = process.believing([Float64Array.of(0.4, 0.6, 1)], 0)
    for (const [x, y, kind] of [
      [0.31, 0.12, 0],
      [0.93, 0.55, 1],
      [0.4, 0.61, 1],
    ] as const) {
      const mean = new Float64Array(3)
      const deviation = new Float64Array(3)
      const place = Float64Array.of(x, y, kind)
      const at = believing.predictWithSlope(place, 0, mean, deviation)
      const plain = believing.predict(place, 0)
      expect(at.mean).toBeCloseTo(plain.mean, 9)
      expect(at.deviation).toBeCloseTo(plain.deviation, 9)
      for (const axis of [0, 1]) {
        const [low, high] = [-1e-5, 1e-5].map((by) => {
          const moved = place.slice()
          moved[axis]! += by
          return believing.predict(moved, 0)
        })
        expect(mean[axis]).toBeCloseTo((high!.mean - low!.mean) / 2e-5, 4)
        expect(deviation[axis]).toBeCloseTo((high!.deviation - low!.deviation) / 2e-5, 4)
      }
      expect(mean[2]).toBeCloseTo(0, 12)
      expect(deviation[2]).toBeCloseTo(0, 12)
    }
  })
})
