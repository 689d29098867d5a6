import { describe, expect, it } from 'vitest'
import type { PastTrial } from '../../src/search/sampler.ts'
import { standardScores } from '../../src/search/standard-scores.ts'
import { pastTrial } from '../../src/testing/requests.ts'

/** NaN for a trial that diverged. */
function trialsOf(values: readonly number[]): PastTrial[] {
  return values.map((value, number) => pastTrial(number, {}, value))
}

/** Less their mean, over their standard deviation. */
function standardised(numbers: readonly number[]): number[] {
  const mean = numbers.reduce((a, b) => a + b) / numbers.length
  const deviation = Math.hypot(...numbers.map((number) => number - mean)) / Math.sqrt(numbers.length)
  return numbers.map((number) => (number - mean) / deviation)
}

function expectClose(scores: Float64Array, expected: readonly number[]): void {
  expect(scores).toHaveLength(expected.length)
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i]!, 12)
}

describe('scores', () => {
  it('are distances from the best, in units of that of the median, and logarithms of them beyond it', () => {
    const expected = standardised([0, 0.5, 1, 1 + Math.log(1.5), 1 + Math.log(4)])
    expectClose(standardScores(trialsOf([11, 12, 13, 14, 19]), 'minimize'), expected)
    expectClose(standardScores(trialsOf([-11, -12, -13, -14, -19]), 'maximize'), expected)
  })

  it('take the worse one of two medians, in whatever order the trials come', () => {
    const scores = standardScores(trialsOf([9, 5, 3, 1]), 'minimize')
    expectClose(scores, standardised([1 + Math.log(2), 1, 0.5, 0]))
  })

  it('are in units of the worst where half of the trials are as good as the best', () => {
    expectClose(standardScores(trialsOf([2, 2, 2, 4, 10]), 'minimize'), standardised([0, 0, 0, 0.25, 1]))
    expectClose(standardScores(trialsOf([-4, -4, -2, -4, 5]), 'minimize'), standardised([0, 0, 2, 0, 9]))
  })

  it('take penalties for as bad as the worst of the others, where half of the trials or more have them', () => {
    const measured = [1, 2, 3, 4, 5, 6, 7, 8]
    for (const [penalties, count] of [
      [[1e9], 8],
      [[1e5, 1e9], 9],
      [[1e9], 20],
    ] as const) {
      const scores = standardScores(
        trialsOf([...measured, ...Array.from({ length: count }, (_, i) => penalties[i % penalties.length]!)]),
        'minimize',
      )
      expect(new Set(scores.slice(7)).size, `${count} penalties`).toBe(1)
      expect(scores[7]! - scores[0]!).toBeGreaterThan(1)
      expect(scores[1]! - scores[0]!).toBeGreaterThan(0.1)
    }
  })

  it('take a few penalties for as bad as the worst of the others, too', () => {
    const measured = [1, 2, 3, 4, 5, 6, 7, 80]
    for (const penalties of [[1e9], [1e9, 1e9, 1e9], [1e6, 1e9, 1e12]]) {
      const scores = standardScores(trialsOf([...measured, ...penalties]), 'minimize')
      expectClose(scores, [
        ...standardScores(trialsOf([...measured, ...penalties.map(() => 80)]), 'minimize'),
      ])
    }
    const far = standardScores(trialsOf([...measured, 70_000]), 'minimize')
    expect(far[8]).toBeGreaterThan(far[7]!)
  })

  it('keep the order of values spread over many decades, which are no penalties', () => {
    const decades = Array.from({ length: 40 }, (_, i) => 10 ** (i / 5))
    const scores = standardScores(trialsOf(decades), 'minimize')
    expect([...scores]).toEqual([...scores].sort((a, b) => a - b))
    expect(new Set(scores).size).toBe(40)
  })

  it('take a trial that diverged for as bad as the worst, but leave the median to the others', () => {
    const scores = standardScores(trialsOf([Number.NaN, 1, 2, Number.NaN, 3]), 'minimize')
    expectClose(scores, standardised([1 + Math.log(2), 0, 1, 1 + Math.log(2), 1 + Math.log(2)]))
  })

  it('take a failed one for as bad as the worst, too', () => {
    const failed = { ...pastTrial(2, {}, Number.NaN), state: 'failed' } as const
    expectClose(standardScores([...trialsOf([1, 2]), failed], 'maximize'), standardised([1, 0, 1]))
  })

  it('are all 0 where all values are equal, and where there is none', () => {
    expectClose(standardScores(trialsOf([7, 7, 7]), 'minimize'), [0, 0, 0])
    expectClose(standardScores(trialsOf([7]), 'maximize'), [0])
    expectClose(standardScores(trialsOf([Number.NaN, Number.NaN]), 'minimize'), [0, 0])
    expectClose(standardScores([], 'minimize'), [])
  })

  it('are numbers where differences of values are none, and as they would be of smaller values', () => {
    const huge = [-1.7e308, -0.8e308, 0.1e308, 1e308, 1.7e308]
    const small = huge.map((value) => value / 1e308)
    for (const direction of ['minimize', 'maximize'] as const) {
      expectClose(standardScores(trialsOf(huge), direction), [...standardScores(trialsOf(small), direction)])
    }
    const wide = standardScores(trialsOf([0, 1e-300, 2e-300, 1e308, 1.7e308]), 'minimize')
    expect(wide.every(Number.isFinite)).toBe(true)
    expect(wide[4]).toBe(wide.reduce((a, b) => Math.max(a, b)))
  })

  it('leave good ones apart beside one huge loss', () => {
    const scores = standardScores(trialsOf([1, 2, 3, 4, 5, 6, 7, 1e9]), 'minimize')
    expect(scores[1]! - scores[0]!).toBeGreaterThan(0.03)
    expect(scores[7]! - scores[0]!).toBeLessThan(4)
  })
})
