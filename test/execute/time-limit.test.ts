import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTimeLimit } from '../../src/execute/time-limit.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  // No limit begins when the clock does.
  vi.advanceTimersByTime(5000)
})
afterEach(() => vi.useRealTimers())

test('a time limit expires by itself, once, when its time is over', () => {
  const expire = vi.fn()
  createTimeLimit(1000, expire)
  vi.advanceTimersByTime(999)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(expire).toHaveBeenCalledTimes(1)
})

test('it stands still while its trial waits at a rung', () => {
  const expire = vi.fn()
  const limit = createTimeLimit(1000, expire)
  vi.advanceTimersByTime(400)
  limit.pause()
  limit.pause()
  vi.advanceTimersByTime(10_000)
  limit.check()
  expect(expire).not.toHaveBeenCalled()
  limit.resume()
  limit.resume()
  vi.advanceTimersByTime(599)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(expire).toHaveBeenCalledTimes(1)
})

test('a check finds it over where the thread had no time for timers', () => {
  const expire = vi.fn()
  const limit = createTimeLimit(1000, expire)
  vi.setSystemTime(Date.now())
  vi.advanceTimersByTime(500)
  limit.check()
  expect(expire).not.toHaveBeenCalled()
  // The clock goes on, and no timer is called.
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 501)
  limit.check()
  expect(expire).toHaveBeenCalledTimes(1)
  vi.restoreAllMocks()
})

test('without a limit nothing expires', () => {
  const expire = vi.fn()
  const limit = createTimeLimit(null, expire)
  vi.advanceTimersByTime(1e9)
  limit.check()
  limit.pause()
  limit.resume()
  vi.advanceTimersByTime(1e9)
  expect(expire).not.toHaveBeenCalled()
})
