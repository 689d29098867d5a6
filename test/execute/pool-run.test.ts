import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CHANNEL_BYTES, openChannel } from '../../src/execute/channel.ts'
import { announce, newRun, type PoolRun, watchTime } from '../../src/execute/pool-run.ts'
import { trial } from '../../src/testing/executor/stand.ts'

const LOADING_MS = 5000

function aRun(onMeasurement = (): void => {}): PoolRun {
  const channel = openChannel(new SharedArrayBuffer(CHANNEL_BYTES), 0)
  return newRun({ task: trial('well'), channel, onMeasurement, onRung: async () => 'go-on' })
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] }))
afterEach(() => vi.useRealTimers())

test('a trial has its time from when its objective began, whatever it waited for a thread', () => {
  const run = aRun()
  const expire = vi.fn()
  watchTime(run, 1000, LOADING_MS, expire)
  vi.advanceTimersByTime(60_000)
  run.channel.take(7)
  vi.advanceTimersByTime(3000)
  run.channel.begin(0)
  vi.advanceTimersByTime(980)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(40)
  expect(expire).toHaveBeenCalledTimes(1)
})

test('loading has a limit of its own', () => {
  const run = aRun()
  const expire = vi.fn()
  vi.advanceTimersByTime(10)
  run.channel.take(7)
  watchTime(run, 1000, LOADING_MS, expire)
  vi.advanceTimersByTime(LOADING_MS + 980)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(40)
  expect(expire).toHaveBeenCalledTimes(1)
})

test('waiting at a rung does not count', () => {
  const run = aRun()
  const expire = vi.fn()
  vi.advanceTimersByTime(10)
  run.channel.take(7)
  run.channel.begin(0)
  watchTime(run, 1000, LOADING_MS, expire)
  vi.advanceTimersByTime(500)
  run.waitsSince = 510
  vi.advanceTimersByTime(60_000)
  expect(expire).not.toHaveBeenCalled()
  run.waitedMs = 60_000
  run.waitsSince = null
  vi.advanceTimersByTime(480)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(40)
  expect(expire).toHaveBeenCalledTimes(1)
})

test('a watch that was ended says nothing', () => {
  const run = aRun()
  const expire = vi.fn()
  run.channel.take(7)
  watchTime(run, 1000, LOADING_MS, expire)()
  vi.advanceTimersByTime(60_000)
  expect(expire).not.toHaveBeenCalled()
})

test('measurements that come twice are announced once', () => {
  const steps: number[] = []
  const run = newRun({ ...aRun(), onMeasurement: ({ step }) => steps.push(step) })
  const measured = [1, 2, 3].map((step) => ({ step, value: step, metrics: {}, seconds: step }))
  announce(run, measured.slice(0, 2))
  announce(run, measured)
  expect(steps).toEqual([1, 2, 3])
  expect(run.measured).toEqual(measured)
})
