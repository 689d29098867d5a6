import { describe, expect, it } from 'vitest'
import { eliteOf } from '../../src/search/narrow.ts'
import { pastTrial } from '../../src/testing/requests.ts'

describe('the best of ranked trials', () => {
  /** Trials with these values, best first; diverged ones at the end. */
  const best = (keep: number, ...values: readonly number[]) =>
    eliteOf(
      values.map((value, number) => pastTrial(number, {}, value)),
      keep,
      'minimize',
    )
  const bad = Number.NaN

  it('are the share that is kept, rounded up, three at least', () => {
    const ten = Array.from({ length: 10 }, (_, i) => i)
    expect([0.01, 0.3, 0.31, 0.4, 0.9].map((keep) => best(keep, ...ten).size)).toEqual([3, 3, 4, 4, 9])
    expect(best(0.3, ...ten).nothing).toBeNull()
    // 0.28 * 25 is 7.000000000000001, 0.07 * 100 is 7.000000000000001.
    expect(best(0.28, ...Array.from({ length: 25 }, (_, i) => i)).size).toBe(7)
    expect(best(0.07, ...Array.from({ length: 100 }, (_, i) => i)).size).toBe(7)
    expect(best(0.95, ...ten).nothing).toEqual({ code: 'too-few-values', withValue: 10, trials: 10 })
  })

  it('are those with a value, at least three and not all', () => {
    const few = (withValue: number, trials: number) => ({ code: 'too-few-values', withValue, trials })
    expect(best(0.2, 1, 2, bad, bad)).toEqual({ size: 2, nothing: few(2, 4) })
    expect(best(0.2, 1, 2, 3)).toEqual({ size: 3, nothing: few(3, 3) })
    expect(best(0.2, 1, 2, 3, bad)).toEqual({ size: 3, nothing: null })
    expect(best(0.9, 1, 2, 3, bad, bad, bad)).toEqual({ size: 3, nothing: null })
    expect(best(1, 1, 2, 3, 4)).toEqual({ size: 4, nothing: { code: 'keeps-all', trials: 4 } })
    expect(best(1, 1, 2).nothing).toEqual(few(2, 2))
  })

  it('end where one is better than the next, as near to their share as can be', () => {
    // Of ten trials five are wanted.
    expect(best(0.5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9).size).toBe(5)
    expect(best(0.5, 0, 1, 2, 3, 4, 4, 4, 4, 8, 9).size).toBe(4)
    expect(best(0.5, 0, 1, 2, 2, 2, 2, 6, 7, 8, 9).size).toBe(6)
    // Four and six are as near: the fewer.
    expect(best(0.5, 0, 1, 2, 3, 4, 4, 6, 7, 8, 9).size).toBe(4)
    expect(best(0.5, 0, 1, 2, 3, 3, 3, 6, 7, 8, 9)).toEqual({ size: 6, nothing: null })
    expect(best(0.5, 0, 1, 2, 3, 3, 3, 3, 7, 8, 9).size).toBe(3)
    expect(best(0.5, 0, 1, 2, 3, 4, 4, 4, 4, 4, 4).size).toBe(4)
    expect(best(0.5, 0, 1, 2, 3, 3, 3, 3, 3, 3, 9).size).toBe(3)
    // Fewer than three or all of them would be left.
    expect(best(0.5, 0, 1, 2, 2, 2, 2, 2, 2, 2, 9).size).toBe(9)
    expect(best(0.5, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2)).toEqual({
      size: 5,
      nothing: { code: 'tied', tied: 8, trials: 10 },
    })
    expect(best(0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).nothing).toMatchObject({ tied: 10 })
    expect(best(0.5, 0, 1, 2, bad, bad, bad).size).toBe(3)
  })
})
