import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { fitNoisyParameters, fitParameters, type GpParameters } from '../../src/search/gp-fit.ts'
import type { Observations } from '../../src/search/gp-kernel.ts'
import { PlainProcess } from './plain-process.ts'

/** Over three axes, of which the last is a choice, in two groups. */
function observed(count: number, noise: number): Observations {
  const draws = fastGenerator(['fit', count])
  const places = Array.from({ length: count }, () =>
    Float64Array.of(draws.next(), draws.next(), draws.below(2)),
  )
  return {
    places,
    values: Float64Array.from(
      places,
      ([x, y, kind]) => Math.sin(6 * x!) + 0.3 * y! + 0.5 * kind! + noise * (draws.next() - 0.5),
    ),
    groups: Float64Array.from(places, (_, i) => i % 2),
    isChoice: [false, false, true],
  }
}

/** Minus the logarithm of the posterior density, by whole matrices and the priors as they are written down. */
function surprise(observations: Observations, parameters: GpParameters, width: number): number {
  const axes = parameters.precisions.length
  const mode = Math.log(0.205 * Math.sqrt(axes))
  let penalty = ((Math.log(parameters.noise) - Math.log(1e-3)) / 3) ** 2 / 2
  for (const precision of parameters.precisions) {
    penalty += ((-0.5 * Math.log(precision) - mode) / width) ** 2 / 2
  }
  return PlainProcess.of(observations, parameters).negativeLogDensity() + penalty
}

/** How the surprise changes with the logarithm of each parameter, the noise last. */
function slopes(observations: Observations, { precisions, noise }: GpParameters, width: number): number[] {
  const step = 1e-4
  return Array.from({ length: precisions.length + 1 }, (_, at) => {
    const [low, high] = [-step, step].map((by) => {
      const moved = precisions.map((precision, i) => (i === at ? precision * Math.exp(by) : precision))
      const noisier = at === precisions.length ? noise * Math.exp(by) : noise
      return surprise(observations, { precisions: moved, noise: noisier }, width)
    })
    return (high! - low!) / (2 * step)
  })
}

/** Over some ranges; values that say nothing of each other's. */
function scattered(count: number, axes = 1): Observations {
  const draws = fastGenerator(['scattered', count])
  const places = Array.from({ length: count }, () => new Float64Array(axes).map(() => draws.next()))
  return {
    places,
    values: Float64Array.from(places, () => draws.next() - 0.5),
    groups: new Float64Array(count),
    isChoice: new Array<boolean>(axes).fill(false),
  }
}

function only({ places, values, groups, isChoice }: Observations, kept: readonly number[]): Observations {
  return {
    places: kept.map((i) => places[i]!),
    values: Float64Array.from(kept, (i) => values[i]!),
    groups: Float64Array.from(kept, (i) => groups[i]!),
    isChoice,
  }
}

describe('the parameters of a Gaussian process', () => {
  it('are of the largest posterior density, with the wide prior of the lengths', () => {
    for (const seen of [observed(9, 1), observed(24, 1), scattered(12), scattered(20, 2), scattered(20, 0)]) {
      for (const slope of slopes(seen, fitParameters(seen), 1.73)) expect(Math.abs(slope)).toBeLessThan(0.003)
    }
  })

  it('are so with the narrow prior where values are noisy', () => {
    for (const seen of [observed(24, 1), observed(40, 0.5), scattered(20)]) {
      for (const slope of slopes(seen, fitNoisyParameters(seen)!, 0.5)) {
        expect(Math.abs(slope)).toBeLessThan(0.003)
      }
    }
  })

  it('have an exact function for their noise where there is none, of a millionth at least', () => {
    expect(fitParameters(observed(40, 0)).noise).toBeCloseTo(1e-6, 15)
  })

  it('have ten times as much noise as anything else at most', () => {
    // Each place was measured twice, with opposite values; there are two such places in each of 16 groups.
    const count = Array.from({ length: 64 }, (_, i) => i)
    const opposite: Observations = {
      places: count.map((i) => Float64Array.of(Math.floor(i / 2) / 32)),
      values: Float64Array.from(count, (i) => (i % 2 === 0 ? 100 : -100)),
      groups: Float64Array.from(count, (i) => Math.floor(i / 4)),
      isChoice: [false],
    }
    expect(fitParameters(opposite).noise).toBeCloseTo(10, 12)
  })

  it('call values noisy whose noise has more than a hundredth of the variance', () => {
    const noise = fitNoisyParameters(observed(40, 0.25))!.noise
    expect(noise).toBeGreaterThan(0.01)
    expect(noise).toBeLessThan(0.02)
    expect(fitNoisyParameters(observed(40, 0.2))).toBeNull()
  })

  it('are found from 64 observations, evenly chosen of more', () => {
    const all = scattered(129)
    const every = (count: number) => Array.from({ length: 64 }, (_, i) => Math.floor((i * count) / 64))
    expect(every(65)).not.toContain(64)
    for (const count of [64, 65, 100, 129]) {
      const seen = only(all, [...Array(count).keys()])
      expect(fitParameters(seen)).toEqual(fitParameters(only(all, every(count))))
    }
    expect(fitNoisyParameters(all)).toEqual(fitNoisyParameters(only(all, every(129))))
  })
})
