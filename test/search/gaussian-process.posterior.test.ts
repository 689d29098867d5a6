import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { fitGaussianProcess, fitSearchProcess } from '../../src/search/gaussian-process.ts'
import { fitNoisyParameters, fitParameters } from '../../src/search/gp-fit.ts'
import type { Observations } from '../../src/search/gp-kernel.ts'
import { PlainProcess } from './plain-process.ts'

/** Of two groups, over two ranges and a choice; some places lack the second range. */
function observed(count: number, noise: number): Observations {
  const draws = fastGenerator(['posterior', count])
  const places = Array.from({ length: count }, (_, i) =>
    Float64Array.of(draws.next(), i % 4 === 3 ? Number.NaN : draws.next(), draws.below(3)),
  )
  const value = ([x, y, kind]: Float64Array): number =>
    Math.sin(3 * x!) + (Number.isNaN(y) ? 0.4 : y! * y!) + (kind === 1 ? 0.5 : 0)
  return {
    places,
    values: Float64Array.from(places, (place) => value(place) - 1 + noise * (draws.next() - 0.5)),
    groups: Float64Array.from(places, (_, i) => (i % 3 === 0 ? 1 : 9)),
    isChoice: [false, false, true],
  }
}

const PLACES = [
  [0.2, 0.3, 1],
  [0.9, Number.NaN, 0],
  [1.2, -0.1, 2],
].map((place) => Float64Array.from(place))

describe('the posterior of a Gaussian process', () => {
  const seen = observed(14, 0.1)
  const parameters = fitParameters(seen)
  const plain = PlainProcess.of(seen, parameters)
  const process = fitGaussianProcess(seen)

  it('is that of the textbook, for each group, where parameters are missing too', () => {
    const unit = Math.sqrt(plain.variance)
    expect(process.noise).toBeCloseTo(unit * Math.sqrt(parameters.noise), 9)
    for (const place of [...PLACES, seen.places[0]!, seen.places[3]!]) {
      for (const group of [1, 9, 4]) {
        const expected = plain.predict(place, group)
        const { mean, deviation } = process.predict(place, group)
        expect(mean).toBeCloseTo(expected.mean, 9)
        expect(deviation).toBeCloseTo(unit * Math.sqrt(expected.variance), 9)
        expect(process.meanAt(place, group)).toBeCloseTo(expected.mean, 9)
      }
    }
  })

  it('has measured its own mean where it believes pending trials, of unchanged scale', () => {
    const pending = [...PLACES, Float64Array.of(0.25, 0.35, 1)]
    const grown = new PlainProcess(
      [
        ...seen.places.map((place, i) => ({ place, group: seen.groups[i]! })),
        ...pending.map((place) => ({ place, group: 1 })),
      ],
      [...seen.values, ...pending.map((place) => plain.predict(place, 1).mean)],
      seen.isChoice,
      parameters,
    )
    const believing = process.believing(pending.slice(0, 1), 1).believing(pending.slice(1), 1)
    for (const model of [believing, process.believing(pending, 1)]) {
      for (const place of [...PLACES, Float64Array.of(0.4, 0.6, 2)]) {
        for (const group of [1, 9]) {
          const expected = grown.predict(place, group)
          const { mean, deviation } = model.predict(place, group)
          expect(mean).toBeCloseTo(expected.mean, 9)
          expect(deviation).toBeCloseTo(Math.sqrt(plain.variance * expected.variance), 9)
          expect(model.meanAt(place, group)).toBeCloseTo(expected.mean, 9)
        }
      }
    }
    expect(believing.noise).toBe(process.noise)
    expect(process.believing([], 1)).toBe(process)
  })

  it('has the slopes of its differences, none along a choice or a parameter that is not there', () => {
    for (const model of [process, process.believing(PLACES, 9)]) {
      for (const place of [Float64Array.of(0.31, 0.42, 0), Float64Array.of(0.7, Number.NaN, 1)]) {
        for (const group of [1, 9]) {
          const [meanSlope, deviationSlope] = [new Float64Array(3).fill(7), new Float64Array(3).fill(7)]
          const at = model.predictWithSlope(place, group, meanSlope, deviationSlope)
          const straight = model.predict(place, group)
          expect(at.mean).toBeCloseTo(straight.mean, 9)
          expect(at.deviation).toBeCloseTo(straight.deviation, 9)
          for (const axis of [0, 1]) {
            const step = 1e-5
            const [low, high] = [-step, step].map((by) => {
              return model.predict(
                place.map((u, i) => (i === axis ? u + by : u)),
                group,
              )
            })
            expect(meanSlope[axis]).toBeCloseTo((high!.mean - low!.mean) / (2 * step), 6)
            expect(deviationSlope[axis]).toBeCloseTo((high!.deviation - low!.deviation) / (2 * step), 6)
          }
          expect(Math.abs(meanSlope[2]!)).toBe(0)
          expect(Math.abs(deviationSlope[2]!)).toBe(0)
        }
      }
    }
  })

  it('knows a place that lacks a parameter, where all it has seen have it', () => {
    const places = seen.places.map((place) => place.map((u) => (Number.isNaN(u) ? 0.5 : u)))
    const all = { ...seen, places }
    const expected = PlainProcess.of(all, fitParameters(all)).predict(PLACES[1]!, 9)
    expect(fitGaussianProcess(all).predict(PLACES[1]!, 9).mean).toBeCloseTo(expected.mean, 9)
  })

  it('takes ten times the noise, until there is a process, of distances that no space has', () => {
    // Places far from each other are all near the one without the parameter.
    const places = Array.from({ length: 31 }, (_, i) => new Float64Array(30).fill(10 * i, 0, 1))
    places[30]![0] = Number.NaN
    const far: Observations = {
      places,
      values: Float64Array.from(places, (_, i) => Math.sin(i)),
      groups: new Float64Array(31),
      isChoice: new Array<boolean>(30).fill(false),
    }
    const first = fitParameters(far)
    expect(first.noise).toBeCloseTo(0.01, 12)
    const plain = PlainProcess.of(far, { ...first, noise: 1 })
    expect(fitGaussianProcess(far).noise).toBeCloseTo(Math.sqrt(plain.variance), 9)
  })

  it('fails where a place is infinitely far away, instead of trying for ever', () => {
    const places = seen.places.with(2, Float64Array.of(Number.NEGATIVE_INFINITY, 0, 1))
    expect(() => fitGaussianProcess({ ...seen, places })).toThrow(
      'A Gaussian process was given a place that is not finite',
    )
  })
})

describe('the process to search by', () => {
  it('has the narrow prior of lengths where values are noisy, else the wide one', () => {
    const place = PLACES[0]!
    const noisy = observed(30, 1)
    const found = fitSearchProcess(noisy)
    expect(found.noisy).toBe(true)
    const expected = PlainProcess.of(noisy, fitNoisyParameters(noisy)!).predict(place, 9)
    expect(found.process.predict(place, 9).mean).toBeCloseTo(expected.mean, 9)

    const smooth = observed(30, 0)
    const exact = fitSearchProcess(smooth)
    expect(exact.noisy).toBe(false)
    expect(exact.process.predict(place, 9)).toEqual(fitGaussianProcess(smooth).predict(place, 9))
  })
})
