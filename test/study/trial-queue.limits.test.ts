import { describe, expect, test } from 'vitest'
import type { PastTrial } from '../../src/search/sampler.ts'
import type { Params } from '../../src/space/distribution.ts'
import type { EndedTrial } from '../../src/study/ended-trial.ts'
import { TrialQueue, type TrialQueueSetup } from '../../src/study/trial-queue.ts'
import type { Measurement, TrialRecord, TrialSpec, TrialState } from '../../src/trial.ts'

const FIRST = 100
const EPOCHS = 9

function spec(index: number): TrialSpec {
  const number = FIRST + index
  return { number, stage: 1, params: { x: index }, seed: index, budget: { epochs: EPOCHS }, continues: null }
}

function record(
  index: number,
  state: TrialState,
  epochs = EPOCHS,
  value: number | null = index,
): TrialRecord {
  return { ...spec(index), state, value, tie: null, epochs, attempts: 1 } as TrialRecord
}

function queueOf(changes: Partial<TrialQueueSetup> = {}): TrialQueue {
  return new TrialQueue(FIRST, {
    trials: 100,
    epochs: EPOCHS,
    direction: 'maximize',
    lag: 2,
    adaptive: false,
    rungs: { at: [], reduce: 3 },
    stop: { target: null, patience: null },
    maxEpochs: null,
    begun: [],
    measurements: () => [],
    propose: (index) => spec(index),
    looksBack: false,
    retries: 0,
    maxFailures: null,
    ...changes,
  })
}

/** The index of the trial that `take` hands out, or what it says instead. */
function take(queue: TrialQueue): number | string {
  const next = queue.take()
  return typeof next === 'string' ? next : next.spec.number - FIRST
}

describe('a limit of epochs', () => {
  test('is spent to the last one', () => {
    const queue = queueOf({ maxEpochs: 2 * EPOCHS })
    expect([take(queue), take(queue), queue.epochs]).toEqual([0, 1, 18])
    for (const index of [0, 1]) queue.finish(record(index, 'complete'))
    expect([take(queue), queue.end, queue.complete]).toEqual(['none', 'out-of-epochs', true])
    const short = queueOf({ maxEpochs: 2 * EPOCHS - 1 })
    expect([take(short), take(short)]).toEqual([0, 'wait'])
  })

  test('waits for running trials, which may leave some over', () => {
    const queue = queueOf({ maxEpochs: 2 * EPOCHS })
    expect([take(queue), take(queue), take(queue)]).toEqual([0, 1, 'wait'])
    queue.finish(record(1, 'pruned', 1))
    expect([queue.epochs, take(queue)]).toEqual([10, 'wait'])
    queue.finish(record(0, 'diverged', 0))
    expect([queue.epochs, take(queue), queue.epochs]).toEqual([1, 2, 10])
  })

  test('counts a failed trial in full, and one that ran longer than planned as planned', () => {
    const queue = queueOf()
    for (let index = 0; index < 3; index++) take(queue)
    queue.finish(record(0, 'failed', 2))
    queue.finish(record(1, 'complete', 4))
    queue.finish(record(2, 'complete', 12))
    expect(queue.epochs).toBe(9 + 4 + 9)
  })

  test('goes on from what the store has', () => {
    const begun = [record(0, 'complete', 3), record(1, 'running', 0, null), record(2, 'failed', 5)]
    expect(queueOf({ begun }).epochs).toBe(3 + 9 + 9)
  })
})

describe('a stop rule', () => {
  const stop = { target: 3, patience: null }

  test('makes a trial wait for the results that the lag lets it see, though its sampler looks at none', () => {
    const queue = queueOf({ stop })
    expect([take(queue), take(queue), take(queue)]).toEqual([0, 1, 'wait'])
    queue.finish(record(0, 'complete'))
    expect([take(queue), take(queue)]).toEqual([2, 'wait'])
    const patient = queueOf({ stop: { target: null, patience: 5 } })
    expect([take(patient), take(patient), take(patient)]).toEqual([0, 1, 'wait'])
  })

  test('that is met lets begin the trials that do not see it, and says why the others do not', () => {
    const queue = queueOf({ stop })
    expect([take(queue), take(queue), queue.stopReason]).toEqual([0, 1, null])
    queue.finish(record(0, 'complete', 9, 3))
    expect(queue.stopReason).toBe('trial 100 reached the target of 3 (stop.target)')
    expect([queue.end, take(queue), queue.end]).toEqual([null, 'none', 'stop-rule'])
    expect(queue.complete).toBe(false)
    queue.finish(record(1, 'complete'))
    expect(queue.complete).toBe(true)
  })

  test('that is met by a late trial lets begin the next one, which does not see it', () => {
    const queue = queueOf({ stop })
    expect([take(queue), take(queue)]).toEqual([0, 1])
    queue.finish(record(1, 'complete', 9, 3))
    queue.finish(record(0, 'complete', 9, 1))
    expect(queue.stopReason).toBe('trial 101 reached the target of 3 (stop.target)')
    expect([take(queue), take(queue)]).toEqual([2, 'none'])
  })

  test('without which no trial waits', () => {
    const queue = queueOf({ trials: 4 })
    expect([0, 1, 2, 3, 4].map(() => take(queue))).toEqual([0, 1, 2, 3, 'none'])
  })
})

describe('trials that have to start again', () => {
  test('are named, the lowest first, as long as they are not handed out', () => {
    const queue = queueOf()
    for (let index = 0; index < 4; index++) take(queue)
    expect(queue.nextAgain).toBeNull()
    for (const index of [2, 1, 3]) queue.putBack(FIRST + index)
    expect(queue.nextAgain).toBe(FIRST + 1)
    expect([take(queue), queue.nextAgain]).toEqual([1, FIRST + 2])
    expect([take(queue), take(queue), take(queue)]).toEqual([2, 3, 4])
  })

  test('are handed out after the stage has its last point, but not after too many failures', () => {
    const queue = queueOf({ propose: (index) => (index < 2 ? spec(index) : null), maxFailures: 1 })
    expect([take(queue), take(queue), take(queue), queue.end]).toEqual([0, 1, 'none', 'exhausted'])
    queue.putBack(FIRST + 1)
    expect(take(queue)).toBe(1)
    queue.putBack(FIRST + 1)
    queue.finish(record(0, 'failed'))
    expect([queue.end, take(queue)]).toEqual(['too-many-failures', 'none'])
  })

  test('have failed as often as they were retried, not as often as they were interrupted', () => {
    const queue = queueOf({ retries: 1, begun: [record(0, 'running', 0, null)] })
    expect(queue.take()).toMatchObject({ attempt: 2 })
    queue.putBack(FIRST)
    expect(queue.take()).toMatchObject({ attempt: 3 })
    expect(queue.mayRetry(FIRST, 'exited')).toBe(true)
    expect(queue.retry(FIRST)).toEqual({ spec: record(0, 'running', 0, null), attempt: 4 })
    expect(queue.mayRetry(FIRST, 'exited')).toBe(false)
    expect(() => queue.mayRetry(FIRST + 1, 'exited')).toThrow('Trial 101 was never handed out.')
  })
})

test('trials of one budget share its record, of which a stage would else keep a million', () => {
  const shown: unknown[] = []
  const queue = queueOf({
    adaptive: true,
    lag: 1,
    propose: (index, seen) => {
      shown.push(new Set((seen as EndedTrial[]).map(({ budget }) => budget)).size)
      return spec(index)
    },
  })
  for (let index = 0; index < 3; index++) {
    take(queue)
    const epochs = index < 2 ? EPOCHS : 2 * EPOCHS
    queue.finish({ ...record(index, 'complete'), budget: { epochs } })
  }
  take(queue)
  expect(shown).toEqual([0, 1, 1, 2])
})

describe('a queue with rungs', () => {
  const rungs = { at: [1], reduce: 2 }

  test('takes up what the trials in the store measured, and decides by it', () => {
    const measured: Readonly<Record<number, readonly Measurement[]>> = {
      [FIRST]: [{ step: 1, value: 5, metrics: {} }],
      [FIRST + 1]: [{ step: 1, value: 4, metrics: {} }],
    }
    const begun = [record(0, 'complete'), record(1, 'pruned', 1, 4)]
    const queue = queueOf({ rungs, begun, measurements: (number) => measured[number]! })
    expect([take(queue), take(queue)]).toEqual([2, 3])
    queue.measured(FIRST + 3, { step: 1, value: 9, metrics: {} })
    expect(queue.goesOn(FIRST + 3, 1)).toBeNull()
    queue.measured(FIRST + 2, { step: 1, value: 3, metrics: {} })
    expect([queue.goesOn(FIRST + 2, 1), queue.goesOn(FIRST + 3, 1)]).toEqual([false, true])
  })

  test('asks for the measurements of no trial that is to run again, and of none where there are no rungs', () => {
    const measurements = (number: number): never => {
      throw new Error(`trial ${number} was read`)
    }
    const running = [record(0, 'running', 0, null)]
    expect(take(queueOf({ rungs, begun: running, measurements }))).toBe(0)
    expect(take(queueOf({ begun: [record(0, 'complete')], measurements }))).toBe(1)
    expect(() => queueOf({ rungs, begun: [record(0, 'complete')], measurements })).toThrow(
      'trial 100 was read',
    )
    const without = queueOf()
    take(without)
    without.measured(FIRST, { step: 1, value: 1, metrics: {} })
    expect(without.goesOn(FIRST, 1)).toBe(true)
  })

  test('keeps its trials, also where no sampler looks at them', () => {
    const pendings: (readonly Params[])[] = []
    const queue = queueOf({
      rungs,
      propose: (index: number, _: readonly PastTrial[], pending: readonly Params[]) => {
        pendings.push([...pending])
        return spec(index)
      },
    })
    for (let index = 0; index < 2; index++) {
      take(queue)
      queue.finish(record(index, 'complete'))
    }
    take(queue)
    expect(pendings).toEqual([[], [{ x: 0 }], [{ x: 0 }, { x: 1 }]])
    queue.measured(FIRST + 2, { step: 1, value: 0, metrics: {} })
    // Trials 0 and 1 measured nothing there, but ran to their ends with 0 and 1.
    expect(queue.goesOn(FIRST + 2, 1)).toBe(false)
  })
})
