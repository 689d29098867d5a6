import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CHANNEL_BYTES, openChannel } from '../../src/execute/channel.ts'
import { announce, newRun, type PoolRun, watchTime } from '../../src/execute/pool-run.ts'
import { trial } from '../../src/testing/executor/stand.ts'

const TIMEOUT_MS = 1000
const LOADING_MS = 5000

function aRun(onMeasurement: PoolRun['onMeasurement'] = () => {}): PoolRun {
  const channel = openChannel(new SharedArrayBuffer(CHANNEL_BYTES), 0)
  return newRun({ task: trial('well'), channel, onMeasurement, onRung: async () => 'go-on' })
}

describe('the time limit of a run', () => {
  let expire: () => void

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] })
    // No run begins when the clock does: a difference of times is no time.
    vi.advanceTimersByTime(100_000)
    expire = vi.fn<() => void>()
  })
  afterEach(() => vi.useRealTimers())

  function watch(run: PoolRun): () => void {
    return watchTime(run, TIMEOUT_MS, LOADING_MS, expire)
  }

  function expectToExpireAfter(ms: number): void {
    vi.advanceTimersByTime(ms - 1)
    expect(expire).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(expire).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(60_000)
    expect(expire).toHaveBeenCalledTimes(1)
  }

  it('is over to the millisecond, however late within it the objective began', () => {
    const run = aRun()
    run.channel.take(7)
    watch(run)
    vi.advanceTimersByTime(305)
    run.channel.begin(0)
    expectToExpireAfter(TIMEOUT_MS)
  })

  it('begins with the objective, however long the trial waits for a thread', () => {
    const run = aRun()
    watch(run)
    vi.advanceTimersByTime(60_000)
    run.channel.take(7)
    vi.advanceTimersByTime(3000)
    run.channel.begin(0)
    expectToExpireAfter(TIMEOUT_MS)
  })

  it('is longer by the limit of loading while the objective is loaded', () => {
    const run = aRun()
    run.channel.take(7)
    watch(run)
    expectToExpireAfter(LOADING_MS + TIMEOUT_MS)
  })

  it('is noticed within 20 ms where the objective has not begun', () => {
    const run = aRun()
    watch(run)
    vi.advanceTimersByTime(10)
    run.channel.take(7)
    vi.advanceTimersByTime(LOADING_MS + TIMEOUT_MS - 1)
    expect(expire).not.toHaveBeenCalled()
    vi.advanceTimersByTime(21)
    expect(expire).toHaveBeenCalledTimes(1)
  })

  it('stands still while the trial waits at a rung', () => {
    const run = aRun()
    run.channel.take(7)
    run.channel.begin(0)
    watch(run)
    vi.advanceTimersByTime(400)
    run.waitsSince = 100_400
    vi.advanceTimersByTime(60_000)
    expect(expire).not.toHaveBeenCalled()
    run.waitedMs = 60_000
    run.waitsSince = null
    expectToExpireAfter(600)
  })

  it('is looked at 50 times a second while it is not known when it is over', () => {
    const run = aRun()
    const looks = vi.spyOn(run.channel, 'begunAt')
    const looksWithin = (ms: number): number => {
      looks.mockClear()
      vi.advanceTimersByTime(ms)
      return looks.mock.calls.length
    }
    watch(run)
    vi.advanceTimersByTime(TIMEOUT_MS)
    expect(looksWithin(1000)).toBeCloseTo(50, -1)
    run.channel.take(7)
    run.channel.begin(0)
    run.waitsSince = 102_000
    vi.advanceTimersByTime(2000)
    expect(looksWithin(1000)).toBeCloseTo(50, -1)
  })

  it('is over for good when the watch is ended', () => {
    const run = aRun()
    run.channel.take(7)
    watch(run)()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a run', () => {
  it('begins with nothing measured, nothing waited, and a channel that can be used again', () => {
    expect(aRun()).toMatchObject({ measured: [], ending: null, stuck: false, waitedMs: 0, waitsSince: null })
    expect(aRun().heapDueAt).toBe(0)
  })

  it('announces measurements that come twice once', () => {
    const steps: number[] = []
    const run = aRun(({ step }) => steps.push(step))
    const measured = [1, 2, 3].map((step) => ({ step, value: step, metrics: {}, seconds: step }))
    announce(run, measured.slice(0, 2))
    announce(run, measured.slice(1, 2))
    announce(run, measured)
    announce(run, [])
    expect(steps).toEqual([1, 2, 3])
    expect(run.measured).toEqual(measured)
  })
})
