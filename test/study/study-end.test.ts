import { describe, expect, it } from 'vitest'
import { completeEnd, endWith, exhaustedReason } from '../../src/study/study-end.ts'
import type { TrialQueue } from '../../src/study/trial-queue.ts'

const LIMITS = { retries: 0, maxFailures: 3, maxEpochs: 90 }

function end(queue: Partial<TrialQueue>) {
  const whole = { end: null, complete: true, stopReason: null, finished: 4, ...queue }
  return endWith(LIMITS, whole as TrialQueue)
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

  it('is not there after a stage that ran all its trials, or all points there are', () => {
    expect(end({})).toBeNull()
    expect(end({ end: 'exhausted' })).toBeNull()
  })
})

it('a study that ran to its end gives the reasons why stages have fewer trials than planned', () => {
  expect(completeEnd([])).toEqual({ state: 'complete', endReason: null })
  const reasons = ['coarse', 'fine'].map((name) => exhaustedReason({ name, sampler: 'gp' }, { finished: 4 }))
  expect(completeEnd(reasons).endReason).toBe(
    'stage coarse has tried every possible point (4 trials); stage fine has tried every possible point (4 trials)',
  )
  const reasonWith = (finished: number, sampler = 'random'): string =>
    exhaustedReason({ name: 'fine', sampler }, { finished })
  expect(reasonWith(1)).toBe('stage fine has tried every possible point (1 trial)')
  expect(reasonWith(0)).toBe('stage fine has no point that was not tried before')
  expect(reasonWith(8, 'replicate')).toBe(
    'stage fine has run all the points there are with each of its seeds (8 trials)',
  )
  expect(reasonWith(0, 'replicate')).toBe('stage fine has no trial to run again')
})
