import { describe, expect, it } from 'vitest'
import type { AxisView } from '../../src/search/narrow-axis.ts'
import { narrowChoices } from '../../src/search/narrow-choices.ts'
import { choice } from '../../src/space/constructors.ts'
import type { ParamValue } from '../../src/space/distribution.ts'
import { pastTrial } from '../../src/testing/requests.ts'

/** Trials with these choices, best first; without the parameter where the choice is null. */
function narrowed(
  choices: readonly ParamValue[],
  ranked: readonly (ParamValue | null)[],
  eliteSize: number,
  whole: readonly ParamValue[] = choices,
) {
  const trials = ranked.map((value, number) => pastTrial(number, value === null ? {} : { c: value }, number))
  const view = { name: 'c', root: choice([...whole]), ranked: trials, eliteSize } as unknown as AxisView
  return narrowChoices(view, choice([...choices]))
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('narrowing a choice', () => {
  it('drops one that none of the best has, if chance would hardly leave it out', () => {
    // 5 best of 20, "b" tried 10 times: by chance in C(10, 5) / C(20, 5) = 252 / 15504 of cases, below 0.05 / 2.
    expect(narrowed(['a', 'b'], [...times(10, 'a'), ...times(10, 'b')], 5)).toEqual({
      name: 'c',
      action: 'reduced',
      before: choice(['a', 'b']),
      after: choice(['a']),
      reason: {
        code: 'choices-missing',
        pValue: expect.closeTo(252 / 15504, 12),
        elite: 5,
        missing: ['b'],
      },
      remarks: [],
    })
  })

  it('keeps one that one of the best has, however rare it is among them', () => {
    const ranked = [...times(9, 'a'), 'b', ...times(10, 'a'), ...times(20, 'b')]
    const { action, reason } = narrowed(['a', 'b'], ranked, 10)
    expect(action).toBe('kept')
    // At most one of 21 among the 10 best of 40: (C(19, 10) + 21 C(19, 9)) / C(40, 10).
    expect(reason).toEqual({
      code: 'choices-present',
      pValue: expect.closeTo((92378 + 21 * 92378) / 847660528, 9),
    })
  })

  it('drops several at once, and counts only trials that have the parameter', () => {
    const ranked = [null, ...times(8, 'a'), null, null, ...times(8, 'b'), ...times(8, 'c')]
    const result = narrowed(['b', 'a', 'c'], ranked, 8)
    // 7 of the 8 best have it. None of 8 among 7 of 24: C(16, 7) / C(24, 7) = 11440 / 346104, above 0.05 / 3.
    expect(result).toMatchObject({
      action: 'kept',
      reason: { pValue: expect.closeTo(11440 / 346104, 12) },
    })
    // C(16, 8) / C(24, 8) = 12870 / 735471.
    expect(narrowed(['b', 'a', 'c'], ranked, 9).action).toBe('kept')
    const more = [...times(10, 'a'), ...times(10, 'b'), ...times(10, 'c'), ...times(12, null)]
    expect(narrowed(['b', 'a', 'c'], more, 9)).toMatchObject({
      action: 'reduced',
      after: { choices: ['a'] },
      reason: { elite: 9, missing: ['b', 'c'], pValue: expect.closeTo(167960 / 14307150, 12) },
    })
  })

  it('says how many of the best have it, where not all of them do', () => {
    const ranked = [...times(4, null), ...times(6, 'a'), ...times(10, 'a'), ...times(12, 'b')]
    const { reason } = narrowed(['a', 'b'], ranked, 10)
    expect(reason).toMatchObject({ code: 'choices-missing', elite: 6, of: 10, missing: ['b'] })
    expect(narrowed(['a', 'b'], ranked.slice(4), 6).reason).not.toHaveProperty('of')
  })

  it('takes back those of the whole list that one of the best has, in its order', () => {
    const ranked = ['c', ...times(4, 'b'), ...times(15, 'd'), 'a']
    expect(narrowed(['b', 'd'], ranked, 5, ['a', 'b', 'c', 'd'])).toMatchObject({
      action: 'extended',
      before: { choices: ['b', 'd'] },
      after: { choices: ['b', 'c'] },
      // None of 15 among 5 of 21: C(6, 5) / C(21, 5).
      reason: {
        ...{ code: 'choices-back', back: ['c'], missing: ['d'], elite: 5 },
        pValue: expect.closeTo(6 / 20349, 12),
      },
    })
    expect(narrowed(['b', 'd'], ['a', 'b', 'd', 'b', 'd', 'c'], 4, ['a', 'b', 'c', 'd'])).toMatchObject({
      action: 'extended',
      after: { choices: ['a', 'b', 'd'] },
      reason: { code: 'choices-back', back: ['a'], missing: [] },
    })
  })

  it('keeps all where nothing was tried', () => {
    expect(narrowed(['a', 'b'], times(6, null), 3)).toMatchObject({
      action: 'kept',
      reason: { code: 'choices-present', pValue: 1 },
    })
  })
})
