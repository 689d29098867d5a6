import { describe, expect, it } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { stream } from '../../src/random/stream.ts'
import { type CubeSearch, highestPoint } from '../../src/search/cube-search.ts'
import { axesView } from '../../src/search/unit-view.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import type { Distribution } from '../../src/space/distribution.ts'

const REAL = float(0, 1)
/** Where the normal distribution is one deviation above its mean. */
const ONE_ABOVE = 0.8413447460685429

function axesOf(...distributions: Distribution[]) {
  return axesView(searchSpace(Object.fromEntries(distributions.map((each, i) => [`p${i}`, each]))))
}

/** Draws these numbers in turn, over and over, and always the first of some. */
function scripted(...numbers: number[]): CubeSearch['draws'] {
  let at = 0
  return { next: () => numbers[at++ % numbers.length]!, below: () => 0 }
}

/** A search of a plain, unless told otherwise; also what was scored, and where slopes were asked for, in order. */
function searched(distributions: readonly Distribution[], changes: Partial<CubeSearch> = {}) {
  const scored: number[][] = []
  const sloped: number[][] = []
  const search: CubeSearch = {
    axes: axesOf(...distributions),
    score: () => 0,
    slope(unit, gradient) {
      gradient.fill(0)
      return this.score(unit)
    },
    allowed: () => true,
    promising: [],
    fixed: null,
    draws: scripted(0.5),
    ...changes,
  }
  const best = highestPoint({
    ...search,
    score(unit) {
      scored.push([...unit])
      return search.score(unit)
    },
    slope(unit, gradient) {
      sloped.push([...unit])
      return search.slope(unit, gradient)
    },
  })
  return { best: best === null ? null : [...best], scored, sloped }
}

/** Numbers that seem to follow no rule. */
const scattered = (seed: number): CubeSearch['draws'] => fastGenerator(['cube search', seed])

describe('the candidates in the unit cube', () => {
  it('are 150 uniform ones and 300 around promising points, fewer where there are more than 30 axes', () => {
    for (const [axes, uniform, around] of [
      [1, 150, 300],
      [30, 150, 300],
      [31, 146, 291],
      [60, 75, 150],
    ] as const) {
      const space = Array.from({ length: axes }, () => REAL)
      const promising = [new Float64Array(axes).fill(0.25)]
      expect(searched(space).scored).toHaveLength(uniform)
      const { scored } = searched(space, { promising })
      expect(scored).toHaveLength(uniform + around)
      expect(scored.findIndex((unit) => unit.includes(0.25))).toBe(uniform)
    }
  })

  it('are there for a space in which nothing varies', () => {
    expect(searched([]).best).toEqual([])
  })

  it('are uniform in each axis', () => {
    const { scored } = searched([REAL, REAL], { draws: scripted(0.1, 0.2, 0.7, 0.4) })
    expect(scored.slice(0, 3)).toEqual([
      [0.1, 0.2],
      [0.7, 0.4],
      [0.1, 0.2],
    ])
  })

  it('lie around the promising points in turn, at four scales', () => {
    const promising = [Float64Array.of(0.5, 0.2), Float64Array.of(0.25, 0.6)]
    const { scored } = searched([REAL, REAL], { promising, draws: scripted(ONE_ABOVE) })
    const moved = [0.3, 0.1, 0.03, 0.01, 0.3].flatMap((scale) => [
      [0.5 + scale, 0.2],
      [0.25 + scale, 0.6],
    ])
    for (const [i, unit] of moved.entries()) {
      expect(scored[150 + i]![0]).toBeCloseTo(unit[0]!, 9)
      expect(scored[150 + i]![1]).toBe(unit[1])
    }
  })

  it('differ from a promising point in one to three axes', () => {
    const promising = [new Float64Array(8).fill(0.5)]
    const { scored } = searched(new Array<Distribution>(8).fill(REAL), { promising, draws: scattered(1) })
    const counts = scored.slice(150).map((unit) => unit.filter((u) => u !== 0.5).length)
    expect(new Set(counts)).toEqual(new Set([1, 2, 3]))
    const pairs = searched([REAL, REAL], { promising: [promising[0]!.slice(0, 2)], draws: scattered(1) })
    expect(pairs.scored.slice(150).some((unit) => !unit.includes(0.5))).toBe(true)
  })

  it('go to another value of a range at least, to any of a choice or of four', () => {
    const around = (distribution: Distribution): number[] => {
      const search = { promising: [Float64Array.of(0.1)], draws: scripted(ONE_ABOVE) }
      return searched([distribution], search).scored.slice(150, 154).flat()
    }
    for (const [distribution, expected] of [
      [int(1, 100), [0.4, 0.2, 0.13, 0.115]],
      [int(1, 5), [0.4, 0.4, 0.4, 0.4]],
      [int(1, 4), new Array<number>(4).fill(ONE_ABOVE)],
      [choice([1, 2, 3, 4, 5, 6]), new Array<number>(4).fill(ONE_ABOVE)],
    ] as const) {
      for (const [i, u] of around(distribution).entries()) expect(u).toBeCloseTo(expected[i]!, 9)
    }
  })

  it('stay in the unit cube', () => {
    for (const [place, draw, end] of [
      [0.9, ONE_ABOVE, 1],
      [0.1, 1 - ONE_ABOVE, 0],
    ] as const) {
      const { scored } = searched([REAL], { promising: [Float64Array.of(place)], draws: scripted(draw) })
      expect(scored[150]![0]).toBeCloseTo(end, 9)
      expect(scored.flat().every((u) => u >= 0 && u < 1)).toBe(true)
    }
  })

  it('all have the coordinate that is fixed, whatever would be better', () => {
    const { best, scored } = searched([choice(['a', 'b', 'c']), int(1, 8), REAL], {
      score: ([kind, size]) => size! - kind!,
      promising: [Float64Array.of(0.1, 0.1, 0.1)],
      fixed: { axis: 0, unit: 0.5 },
      draws: scattered(2),
    })
    expect(new Set(scored.map(([kind]) => kind))).toEqual(new Set([0.5]))
    expect(best![0]).toBe(0.5)
    expect(best![1]).toBeGreaterThan(7 / 8)
  })
})

describe('the starts of climbs', () => {
  it('are the four best candidates that lie more than 0.05 from each other in one axis', () => {
    const score = (unit: ArrayLike<number>): number => Math.sin(9 * unit[0]!) + unit[1]!
    const { scored, sloped } = searched([REAL, REAL], { score, draws: scattered(3) })
    const expected: number[][] = []
    for (const unit of scored.toSorted((a, b) => score(b) - score(a))) {
      const nearest = expected.map((other) =>
        Math.max(Math.abs(other[0]! - unit[0]!), Math.abs(other[1]! - unit[1]!)),
      )
      if (Math.min(...nearest) > 0.05 && expected.length < 4) expected.push(unit)
    }
    expect(sloped).toEqual(expected)
  })
})

describe('a climb along values', () => {
  /** The indices that are looked at from a place, where nothing is better: after the candidates, which are all alike. */
  const lookedAt = (distribution: Distribution, count: number, u: number): number[] => {
    const slope = () => {
      throw new Error('there is no slope')
    }
    const { scored } = searched([distribution], { draws: scripted(u), slope })
    return scored.slice(150).map(([at]) => at! * count - 0.5)
  }

  it('looks a quarter of the range away, then a quarter of that, down to the neighbours', () => {
    const indices = (u: number) => lookedAt(int(1, 100), 100, u).map((index) => Math.round(index))
    expect(indices(0.505)).toEqual([25, 75, 44, 56, 48, 52, 49, 51])
    expect(indices(0.065)).toEqual([31, 0, 12, 4, 8, 5, 7])
    expect(indices(0.055)).toEqual([30, 11, 3, 7, 4, 6])
    expect(indices(0.935)).toEqual([68, 87, 99, 91, 95, 92, 94])
    expect(indices(0.945)).toEqual([69, 88, 92, 96, 93, 95])
    expect(indices(0.999)).toEqual([74, 93, 97, 98])
  })

  it('ends with the neighbours, once', () => {
    expect(lookedAt(int(1, 16), 16, 0.5)).toEqual([4, 12, 7, 9])
    expect(lookedAt(int(1, 13), 13, 0.5).map(Math.round)).toEqual([3, 9, 5, 7])
  })

  it('looks at all other values of a short range, and of a choice', () => {
    const all = Array.from({ length: 12 }, (_, i) => i).filter((i) => i !== 6)
    expect(lookedAt(int(1, 12), 12, 0.5).map(Math.round)).toEqual(all)
    expect(lookedAt(choice([...all, 99]), 12, 0.5).map(Math.round)).toEqual(all)
    const many = Array.from({ length: 14 }, (_, i) => i)
    const others = many.filter((i) => i !== 7)
    expect(lookedAt(choice(many), 14, 0.5).map(Math.round)).toEqual([...others, ...others])
  })

  it('goes on from value to value, to the middle of the best one', () => {
    const { best } = searched([int(1, 100)], {
      draws: scripted(0.005),
      score: ([u]) => -Math.abs(u! - 0.873),
    })
    expect(best![0]).toBeCloseTo(0.875, 12)
  })

  it('takes turns with a climb along slopes, three times', () => {
    // Each is best near the other, and a little further on.
    const score = ([x, k]: Float64Array): number => -4 * (x! - k!) ** 2 - (x! - 0.9) ** 2
    const { best } = searched([REAL, int(1, 10)], {
      score,
      slope(unit, gradient) {
        gradient[0] = -8 * (unit[0]! - unit[1]!) - 2 * (unit[0]! - 0.9)
        return score(unit)
      },
      draws: scripted(0.05),
    })
    // The best place for a value k is (4 k + 0.9) / 5: 0.22 for 0.05, 0.38 for 0.25, 0.46 for 0.35.
    expect(best![0]).toBeCloseTo(0.46, 6)
    expect(best![1]).toBeCloseTo(0.45, 12)
  })
})

describe('a climb along a slope', () => {
  const hill = (...top: number[]): Pick<CubeSearch, 'score' | 'slope'> => {
    const score = (unit: Float64Array): number => -top.reduce((sum, t, i) => sum + (unit[i]! - t) ** 2, 0)
    return {
      score,
      slope(unit, gradient) {
        for (const [i, t] of top.entries()) gradient[i] = -2 * (unit[i]! - t)
        return score(unit)
      },
    }
  }

  it('ends on the top, beside the best value of the other axes', () => {
    const { best } = searched([REAL, int(1, 40), REAL], { ...hill(0.123, 0.7, 0.456), draws: scripted(0.5) })
    expect(best![0]).toBeCloseTo(0.123, 6)
    expect(best![1]).toBeCloseTo(27.5 / 40, 12)
    expect(best![2]).toBeCloseTo(0.456, 6)
  })

  it('ends at the end of the range, below 1', () => {
    expect(searched([REAL], hill(1.5)).best![0]).toBeCloseTo(1, 9)
    expect(searched([REAL], hill(1.5)).best![0]).toBeLessThan(1)
    expect(searched([REAL], hill(-0.5)).best![0]).toBe(0)
  })

  it('ends at the best place of its way, where its last steps led down', () => {
    const score = (unit: ArrayLike<number>): number => -Math.abs(unit[0]! - 0.3)
    const { best, sloped } = searched([REAL], {
      score,
      slope(unit, gradient) {
        gradient[0] = Math.sign(0.3 - unit[0]!)
        return score(unit)
      },
    })
    expect(best).toEqual(sloped.toSorted((a, b) => score(b) - score(a))[0])
    expect(best).not.toEqual(sloped.at(-1))
  })

  it('ends at the higher of two peaks, though the lower one is better at first', () => {
    for (let seed = 0; seed < 20; seed++) {
      const peak = 0.9 * stream(['peaks', seed]).next()
      const score = (x: number): number => Math.max(1 - 4 * Math.abs(x - 0.3), 1.5 - 30 * Math.abs(x - peak))
      const { best } = searched([REAL], {
        score: (unit) => score(unit[0]!),
        slope: (unit, gradient) => {
          gradient[0] = (score(unit[0]! + 1e-7) - score(unit[0]! - 1e-7)) / 2e-7
          return score(unit[0]!)
        },
        promising: [Float64Array.of(0.3), Float64Array.of(Math.min(0.999, peak + 0.02))],
        draws: stream(['climb', seed]),
      })
      expect(score(best![0]!)).toBeGreaterThan(1.4)
    }
  })
})

describe('the highest point', () => {
  const rising: Partial<CubeSearch> = {
    score: ([x]) => x!,
    slope: (unit, gradient) => {
      gradient[0] = 1
      return unit[0]!
    },
  }

  it('is the best candidate that may be chosen, where no top may', () => {
    const draws = scripted(0.2, 0.8, 0.6, 0.4)
    expect(searched([REAL], { ...rising, draws, allowed: ([x]) => x! < 0.7 }).best).toEqual([0.6])
  })

  it('is none where no point may be chosen', () => {
    expect(searched([REAL], { ...rising, allowed: () => false }).best).toBeNull()
  })
})
