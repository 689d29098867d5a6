import { describe, expect, it } from 'vitest'
import { int, searchSpace } from '../../src/space/constructors.ts'
import { completeEnd, endWith, exhaustedReason } from '../../src/study/study-end.ts'
import type { TrialQueue } from '../../src/study/trial-queue.ts'

const LIMITS = { retries: 0, maxFailures: 3, maxEpochs: 90 }

function end(queue: Partial<TrialQueue>, isLast = false) {
  const whole = { end: null, complete: true, stopReason: null, finished: 4, ...queue }
  return endWith(LIMITS, whole as TrialQueue, isLast)
}

describe('the end of a study with a stage', () => {
  it('is failed after too many failures, also while other trials run', () => {
    const failed = { state: 'failed', endReason: '3 trials failed in a row' }
    expect(end({ end: 'too-many-failures' })).toEqual(failed)
    expect(end({ end: 'too-many-failures', complete: false, stopReason: 'reached' })).toEqual(failed)
  })

  it('waits for the trials that still run', () => {
    expect(end({ complete: false, stopReason: 'reached' })).toBeNull()
    expect(end({ complete: false, end: 'out-of-epochs' })).toBeNull()
  })

  it('is complete when nothing is left to win, or to spend', () => {
    expect(end({ stopReason: 'reached', end: 'out-of-epochs' })).toEqual({
      state: 'complete',
      endReason: 'reached',
    })
    expect(end({ end: 'out-of-epochs' })).toEqual({
      state: 'complete',
      endReason: 'limit of 90 epochs reached',
    })
  })

  it('is brought about by a stop rule in the last stage only if that kept a trial from beginning', () => {
    expect(end({ stopReason: 'reached', end: 'stop-rule' }, true)).toMatchObject({ endReason: 'reached' })
    expect(end({ stopReason: 'reached' }, true)).toBeNull()
    expect(end({ stopReason: 'reached' }, false)).toMatchObject({ endReason: 'reached' })
  })

  it('is not there after a stage that ran all its trials, or all points there are', () => {
    expect(end({})).toBeNull()
    expect(end({ end: 'exhausted' })).toBeNull()
  })
})

describe('the reasons why stages have fewer trials than planned', () => {
  const few = searchSpace({ n: int(1, 9) })
  const part = searchSpace({ n: int(2, 4) })
  const many = searchSpace({ n: int(1, 30_000) })
  const reason = (finished: number, sampler = 'random', space = few, root = few): string =>
    exhaustedReason({ name: 'fine', sampler, space }, { finished }, root)

  it('are given when the study ran to its end', () => {
    expect(completeEnd([])).toEqual({ state: 'complete', endReason: null })
    expect(completeEnd([reason(4), reason(8, 'replicate')]).endReason).toBe(
      'stage fine has tried every possible point (4 trials); stage fine has rerun all available points with each of its seeds (8 trials)',
    )
    expect(reason(1)).toBe('stage fine has tried every possible point (1 trial)')
    expect(reason(0)).toBe('stage fine has no point that has not been tried')
    expect(reason(0, 'replicate')).toBe('stage fine has no trial to rerun')
  })

  it('speak of the stage alone where its ranges are not the whole ones', () => {
    expect(reason(3, 'gp', part)).toBe('stage fine has tried every possible point in its ranges (3 trials)')
    expect(reason(0, 'gp', part)).toBe('stage fine has no point in its ranges that has not been tried')
  })

  it('do not claim that all points were tried where nobody has counted them', () => {
    const ruled = { ...many, constraints: ['n > 29000'] }
    expect(reason(9, 'gp', many, many)).toBe(
      'stage fine has found no further point that has not been tried (9 trials)',
    )
    expect(reason(9, 'gp', ruled, ruled)).toBe(
      'stage fine has found no further point that satisfies require (9 trials)',
    )
    expect(reason(9, 'gp', ruled, many)).toBe(
      'stage fine has found no further point that satisfies require (9 trials)',
    )
    expect(reason(2, 'mine')).toBe(
      'sampler mine proposed a point for stage fine that had already been tried (2 trials)',
    )
  })
})
