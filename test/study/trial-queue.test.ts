import { describe, expect, test } from 'vitest'
import type { Params } from '../../src/space/distribution.ts'
import { TrialQueue, type TrialQueueSetup } from '../../src/study/trial-queue.ts'
import type { TrialRecord, TrialSpec, TrialState } from '../../src/trial.ts'

const FIRST = 100

function spec(index: number): TrialSpec {
  const number = FIRST + index
  return { number, stage: 1, params: { x: index }, seed: index, budget: { epochs: 1 }, continues: null }
}

function record(index: number, state: TrialState = 'complete', attempts = 1): TrialRecord {
  const rest = { metrics: {}, error: null, arithmetic: null, host: null, startedAt: null, durationMs: null }
  const value = state === 'complete' ? index : null
  return { ...spec(index), ...rest, state, value, epochs: 1, attempts } as TrialRecord
}

interface Proposal {
  readonly index: number
  readonly finished: readonly number[]
  readonly pending: readonly Params[]
}

function queueOf(changes: Partial<TrialQueueSetup> = {}): { queue: TrialQueue; proposals: Proposal[] } {
  const proposals: Proposal[] = []
  const propose: TrialQueueSetup['propose'] = (index, finished, pending) => {
    proposals.push({
      index,
      finished: finished.map(({ number }) => number - FIRST),
      pending: [...pending],
    })
    return spec(index)
  }
  const setup = {
    trials: 10,
    epochs: 9,
    direction: 'maximize' as const,
    lag: 100,
    adaptive: true,
    rungs: { at: [], reduce: 3 },
    stop: { target: null, patience: null },
    maxEpochs: null,
    begun: [],
    measurements: () => [],
    propose,
    looksBack: true,
    retries: 0,
    maxFailures: null,
    ...changes,
  }
  return { queue: new TrialQueue(FIRST, setup), proposals }
}

/** The index of the trial that `take` hands out, or what it says instead. */
function take(queue: TrialQueue): number | string {
  const next = queue.take()
  return typeof next === 'string' ? next : next.spec.number - FIRST
}

describe('a queue of trials', () => {
  test('hands out each number once, in order, and then none', () => {
    const { queue } = queueOf({ trials: 3 })
    expect([take(queue), take(queue), take(queue), take(queue)]).toEqual([0, 1, 2, 'none'])
    expect(queue.complete).toBe(false)
    for (const index of [2, 0, 1]) queue.finish(record(index))
    expect(queue.complete).toBe(true)
    expect(queue.finished).toBe(3)
  })

  test('makes trial i wait for trials 0 to i - lag, whatever else has finished', () => {
    const { queue } = queueOf({ lag: 2 })
    expect([take(queue), take(queue), take(queue)]).toEqual([0, 1, 'wait'])
    queue.finish(record(1))
    expect(take(queue)).toBe('wait')
    queue.finish(record(0))
    expect([take(queue), take(queue), take(queue)]).toEqual([2, 3, 'wait'])
  })

  test('shows a sampler exactly the results of its lag, and every other point once, as pending', () => {
    const { queue, proposals } = queueOf({ lag: 3 })
    for (let i = 0; i < 3; i++) take(queue)
    for (const index of [2, 1, 0]) queue.finish(record(index))
    for (let i = 0; i < 3; i++) take(queue)
    expect(proposals.slice(3)).toEqual([
      { index: 3, finished: [0], pending: [{ x: 1 }, { x: 2 }] },
      { index: 4, finished: [0, 1], pending: [{ x: 2 }, { x: 3 }] },
      { index: 5, finished: [0, 1, 2], pending: [{ x: 3 }, { x: 4 }] },
    ])
  })

  test('hands a sampler without a lag all points so far as pending, each once', () => {
    const { queue, proposals } = queueOf({ adaptive: false })
    take(queue)
    queue.finish(record(0))
    take(queue)
    take(queue)
    expect(proposals.at(-1)).toEqual({ index: 2, finished: [], pending: [{ x: 0 }, { x: 1 }] })
  })

  test('keeps nothing of trials at which nobody looks, and still knows which have ended', () => {
    const { queue, proposals } = queueOf({
      adaptive: false,
      looksBack: false,
      maxFailures: 2,
      begun: [record(0)],
    })
    expect([take(queue), take(queue), take(queue)]).toEqual([1, 2, 3])
    expect(proposals.at(-1)).toEqual({ index: 3, finished: [], pending: [] })
    queue.finish(record(3, 'failed'))
    expect(queue.finished).toBe(2)
    expect(() => queue.finish(record(3))).toThrow('has already finished')
    expect(() => queue.finish(record(7))).toThrow('was never handed out')
    queue.finish(record(2, 'failed'))
    expect(queue.end).toBeNull()
    queue.finish(record(1))
    expect(queue.end).toBe('too-many-failures')
  })

  test('starts again what an earlier process left unfinished, the lowest first, with one more attempt', () => {
    const begun = [record(0), record(1, 'running', 2), record(2), record(3, 'waiting', 1)]
    const { queue } = queueOf({ begun })
    expect(queue.take()).toEqual({ spec: begun[1], attempt: 3 })
    expect(queue.take()).toEqual({ spec: begun[3], attempt: 2 })
    expect(take(queue)).toBe(4)
  })

  test('leaves alone what somebody else is still running, and takes its result', () => {
    const begun = [record(0, 'running'), record(1, 'running')]
    const { queue } = queueOf({ begun, out: new Set([FIRST]), trials: 2 })
    expect([take(queue), take(queue)]).toEqual([1, 'none'])
    for (const index of [0, 1]) queue.finish(record(index))
    expect(queue.complete).toBe(true)
  })

  test('hands out an interrupted trial before any later one, with the same spec', () => {
    const { queue } = queueOf()
    const taken = queue.take()
    for (let i = 0; i < 3; i++) take(queue)
    queue.putBack(FIRST + 2)
    queue.putBack(FIRST)
    expect(queue.take()).toEqual({ ...(taken as object), attempt: 2 })
    expect([take(queue), take(queue)]).toEqual([2, 4])
  })

  test('runs a failed trial again as often as it may, and never after an error that would only repeat', () => {
    const { queue } = queueOf({ retries: 2 })
    take(queue)
    for (const attempt of [2, 3]) {
      expect(queue.mayRetry(FIRST, 'exited')).toBe(true)
      expect(queue.retry(FIRST).attempt).toBe(attempt)
    }
    expect(queue.mayRetry(FIRST, 'exited')).toBe(false)
    take(queue)
    expect(queue.mayRetry(FIRST + 1, undefined)).toBe(true)
    for (const code of ['bad-measurement', 'artifact-too-large']) {
      expect(queue.mayRetry(FIRST + 1, code)).toBe(false)
    }
  })

  test('ends after that many failures in a row, counted in order of number', () => {
    const { queue } = queueOf({ maxFailures: 2 })
    for (let i = 0; i < 5; i++) take(queue)
    for (const index of [1, 3, 4]) queue.finish(record(index, 'failed'))
    expect(queue.end).toBeNull()
    queue.finish(record(0))
    expect(queue.end).toBeNull()
    queue.finish(record(2, 'failed'))
    expect(queue.end).toBe('too-many-failures')
    expect(take(queue)).toBe('none')
  })

  test('counts failures in a row anew once a study that ended by them is resumed', () => {
    const states = ['failed', 'failed', 'failed', 'failed', 'complete', 'failed'] as const
    const begun = states.map((state, index) => record(index, state))
    expect(queueOf({ maxFailures: 2, begun }).queue.end).toBe('too-many-failures')
    const { queue } = queueOf({ maxFailures: 2, begun, resumed: true })
    expect([queue.end, take(queue), take(queue)]).toEqual([null, 6, 7])
    // The last one before goes on counting: a study that was killed ends where it would have ended.
    queue.finish(record(6, 'failed'))
    expect([queue.end, take(queue)]).toEqual(['too-many-failures', 'none'])
  })

  test('counts failures in a row anew after each trial that did not fail', () => {
    const { queue } = queueOf({ maxFailures: 3 })
    const states = [
      'failed',
      'failed',
      'complete',
      'failed',
      'failed',
      'diverged',
      'failed',
      'failed',
    ] as const
    for (const [index, state] of states.entries()) {
      expect(take(queue)).toBe(index)
      queue.finish(record(index, state))
      expect(queue.end).toBeNull()
    }
  })

  test('is complete with fewer trials where no point is left to try', () => {
    const { queue } = queueOf({ propose: (index) => (index < 2 ? spec(index) : null) })
    expect([take(queue), take(queue), take(queue), take(queue)]).toEqual([0, 1, 'none', 'none'])
    expect([queue.end, queue.complete]).toEqual(['exhausted', false])
    for (const index of [0, 1]) queue.finish(record(index))
    expect(queue.complete).toBe(true)
  })

  test('refuses a result twice, and one of a trial that it never handed out', () => {
    const { queue } = queueOf()
    take(queue)
    queue.finish(record(0))
    expect(() => queue.finish(record(0))).toThrow('Trial 100 has already finished.')
    expect(() => queue.finish(record(1))).toThrow('Trial 101 was never handed out.')
  })

  test('ends with the trial that its stop rule lets begin last, whatever ended first', () => {
    const { queue } = queueOf({ lag: 2, stop: { target: 3, patience: null } })
    const begun: (number | string)[] = []
    for (let index = 0; index < 5; index++) {
      begun.push(take(queue), index < 1 ? take(queue) : '')
      queue.finish(record(index))
    }
    // Trial 3 reaches the target. With a lag of 2 trial 4 has begun, and trial 5 has to see it.
    expect(begun.filter((each) => each !== '').slice(0, 5)).toEqual([0, 1, 2, 3, 4])
    expect(take(queue)).toBe('none')
    expect([queue.end, queue.complete]).toEqual(['stop-rule', true])
    expect(queue.stopReason).toBe('trial 103 reached the target of 3 (stop.target)')
  })

  test('takes nothing back that was not handed out, or has finished', () => {
    const { queue } = queueOf()
    expect(() => queue.putBack(FIRST)).toThrow('Trial 100 was never handed out.')
    take(queue)
    queue.finish(record(0))
    expect(() => queue.putBack(FIRST)).toThrow('Trial 100 has already finished.')
    expect(() => queue.finish(record(0))).toThrow('Trial 100 has already finished.')
    expect(() => queue.retry(FIRST)).toThrow('Trial 100 has already finished.')
  })
})
