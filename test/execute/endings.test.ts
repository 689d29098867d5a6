import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createInterruption, outOfMemory, threadExited, timedOut } from '../../src/execute/interruption.ts'
import { isPrinted, isRung } from '../../src/execute/messages.ts'
import { cutOff, unstarted } from '../../src/execute/outcome.ts'
import { createStopSignal } from '../../src/execute/stop-signal.ts'
import { readThreadError, threadEnded, within } from '../../src/execute/thread-end.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => vi.useRealTimers())

describe('an interruption', () => {
  it('keeps the first ending that is raised', async () => {
    const interruption = createInterruption()
    expect(interruption.ending).toBeNull()
    interruption.raise(timedOut(1500))
    interruption.raise(threadExited(3))
    await interruption.raised
    expect(interruption.ending).toEqual({
      state: 'failed',
      error: { code: 'timeout', message: 'The trial ran longer than its limit of 1.5 s', stack: null },
    })
  })
})

describe('a signal to stop', () => {
  it('is aborted by a stop that comes before or after it was asked for', () => {
    const before = createStopSignal()
    before.abort()
    expect(before.get().aborted).toBe(true)
    const after = createStopSignal()
    const signal = after.get()
    expect([signal.aborted, after.get()]).toEqual([false, signal])
    after.abort()
    expect([signal.aborted, after.get()]).toEqual([true, signal])
  })
})

describe('a thread that ended by itself', () => {
  it('filled its heap, exited, or threw', () => {
    const full = Object.assign(new Error('full'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })
    expect(readThreadError(full, 1, 64)).toEqual(outOfMemory(64))
    expect(readThreadError(new Error('gone'), 0, 64)).toEqual(threadExited(0))
    expect(readThreadError(new Error('gone'), 5, 64).error?.message).toBe(
      "The trial's thread ended by itself, with status 5",
    )
    expect(readThreadError(new Error('not loaded'), undefined, 64)).toMatchObject({
      state: 'failed',
      error: { code: 'threw', message: 'not loaded' },
    })
  })
})

describe('waiting for a thread to end', () => {
  const thread = (threadId: number): Worker =>
    Object.assign(new EventEmitter(), { threadId }) as unknown as Worker

  it('takes no time where it has ended, and no more than its limit where it has not', async () => {
    expect(await threadEnded(thread(-1), 1e9)).toBe(true)
    const ending = thread(1)
    const ended = threadEnded(ending, 1000)
    ending.emit('exit', 0)
    expect(await ended).toBe(true)
    const stuck = threadEnded(thread(1), 1000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await stuck).toBe(false)
  })

  it('leaves no timer behind', async () => {
    expect(await within(1000, Promise.resolve('in time'), 'late')).toBe('in time')
    expect(vi.getTimerCount()).toBe(0)
    const late = within(1000, new Promise<string>(() => {}), 'late')
    await vi.advanceTimersByTimeAsync(999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await late).toBe('late')
  })
})

describe('the outcome of a trial that was cut off', () => {
  it('has what was seen of it, and the time until now', () => {
    vi.setSystemTime(5000)
    const measured = [{ step: 1, value: 2, metrics: {}, seconds: 1 }]
    expect(cutOff('failed', null, measured, 2000)).toEqual({
      state: 'failed',
      measurements: measured,
      error: null,
      artifact: null,
      arithmetic: null,
      slot: null,
      host: null,
      startedAt: 2000,
      durationMs: 3000,
    })
    expect(cutOff('failed', null, [], 5001).durationMs).toBe(0)
    expect(unstarted('stopped', null)).toMatchObject({ state: 'stopped', startedAt: 5000, durationMs: 0 })
  })
})

it('messages are told apart by their kinds, whatever else comes from an objective', () => {
  const messages = [
    { kind: 'finesweep:rung' },
    { kind: 'finesweep:printed' },
    { kind: 'other' },
    null,
    undefined,
    'text',
  ]
  expect(messages.map(isRung)).toEqual([true, false, false, false, false, false])
  expect(messages.map(isPrinted)).toEqual([false, true, false, false, false, false])
})
