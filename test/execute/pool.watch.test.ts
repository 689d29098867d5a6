import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { Executor } from '../../src/execute/executor.ts'
import { createPoolExecutor, type PoolOptions } from '../../src/execute/pool.ts'
import { trial, unheard } from '../../src/testing/executor/stand.ts'
import type { TrialOutcome } from '../../src/trial.ts'

const file = fileURLToPath(new URL('../fixtures/objectives/on-a-thread.ts', import.meta.url))
const pool = createPoolExecutor({ kind: 'module', file }, { workers: 2, spareChannels: 0, heapLimitMb: 64 })
afterAll(() => pool.close())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Begun {
  readonly outcome: Promise<TrialOutcome>
  hasEnded: boolean
}

/** Begins a trial that runs until it is stopped, and waits for its first measurement. */
async function begin(number: number, does = 'stays'): Promise<Begun> {
  const first = Promise.withResolvers<void>()
  const outcome = pool.run(trial(does, { number, timeoutMs: 20_000 }), () => first.resolve())
  const begun = { outcome, hasEnded: false }
  void outcome.then(() => {
    begun.hasEnded = true
  })
  await first.promise
  return begun
}

/** A pool and the threads that it starts with. */
async function threadsOf(options: PoolOptions): Promise<{ threads: Worker[]; pool: Executor }> {
  const threads: Worker[] = []
  const add = (thread: Worker): number => threads.push(thread)
  process.on('worker', add)
  const begun = createPoolExecutor({ kind: 'module', file }, options)
  // They are announced a tick after they were made.
  await new Promise(setImmediate)
  process.off('worker', add)
  expect(threads).toHaveLength(options.workers)
  return { threads, pool: begun }
}

describe('a pool', () => {
  it('says how many trials it runs at once', () => {
    expect(pool.slots).toBe(2)
  })

  it('prints what objectives print on stderr if nobody listens', async () => {
    const onStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await pool.run(trial('writes'), unheard)
    await vi.waitUntil(() => onStderr.mock.calls.length === 4, { timeout: 45_000, interval: 5 })
    expect(onStderr.mock.calls.map(([text]) => text)).toEqual(['hi', 'plain', 'encoded', 'last'])
  })

  it('ignores messages at rungs that are of no trial of its own', async () => {
    const rungs: number[] = []
    const announced: number[] = []
    const { state } = await pool.run(
      trial('forgesRungs'),
      ({ step }) => announced.push(step),
      async ({ step }) => {
        rungs.push(step)
        return 'prune'
      },
    )
    expect([state, announced, rungs]).toEqual(['complete', [1], []])
  })

  it('has ended its threads when it is closed', async () => {
    const { threads, pool: closing } = await threadsOf({ workers: 1 })
    expect(threads.every(({ threadId }) => threadId > 0)).toBe(true)
    await closing.close()
    expect(threads.every(({ threadId }) => threadId === -1)).toBe(true)
  })

  it('says that a thread failed while no trial ran on it, and goes on', async () => {
    const said: [string, number | null][] = []
    const onPrint = (text: string, number: number | null): void => void said.push([text, number])
    const { threads, pool: going } = await threadsOf({ workers: 1, onPrint })
    threads[0]!.emit('error', new Error('broken'))
    expect(said).toEqual([['A worker thread failed: Error: broken\n', null]])
    expect((await going.run(trial('thread'), unheard)).state).toBe('complete')
    await going.close()
  })

  it('has V8 limit a thread to four times the heap of a trial, and to no less than 2000 MB', async () => {
    for (const [heapLimitMb, ownMb] of [
      [499, 2000],
      [501, 2004],
    ] as const) {
      const { threads, pool: limited } = await threadsOf({ workers: 2, heapLimitMb })
      expect(threads.map(({ resourceLimits }) => resourceLimits?.maxOldGenerationSizeMb)).toEqual([
        ownMb,
        ownMb,
      ])
      await limited.close()
    }
  })

  it('lets nobody wait for a slot any more when it closes', async () => {
    const closing = createPoolExecutor({ kind: 'module', file }, { workers: 1 })
    const events: string[] = []
    const begun = Promise.withResolvers<void>()
    const run = async (number: number, heard = unheard): Promise<void> => {
      const { state } = await closing.run(trial('stays', { number }), heard)
      events.push(`${number} ${state}`)
    }
    const outcomes = [run(1, () => begun.resolve()), run(2)]
    await begun.promise
    await closing.close()
    await Promise.all(outcomes)
    expect(events).toEqual(['2 stopped', '1 stopped'])
  })
})

describe('the end of a trial on a pool', () => {
  it('leaves no timer behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const { state } = await pool.run(trial('thread', { timeoutMs: 60_000 }), unheard)
    expect([state, vi.getTimerCount()]).toEqual(['complete', 0])
  })

  it('leaves those beside it alone, and what is asked of it later does not reach the next', async () => {
    const others = [await begin(1), await begin(2)]
    pool.stop(1)
    expect((await others[0]!.outcome).state).toBe('stopped')
    // In the place of the first: its measurements are fetched, too.
    const next = await begin(3)
    pool.stop(1)
    const last = pool.run(trial('thread', { number: 4 }), unheard)
    pool.stop(2)
    expect((await others[1]!.outcome).state).toBe('stopped')
    expect((await last).state).toBe('complete')
    expect(next.hasEnded).toBe(false)
    pool.stop(3)
    await next.outcome
  })

  it('does not end the fetching of what others measure', async () => {
    const second = Promise.withResolvers<void>()
    const task = { ...trial('measuresTwice', { number: 1, timeoutMs: 20_000 }), rungs: [1] }
    const outcome = pool.run(
      task,
      ({ step }) => step === 2 && second.resolve(),
      async () => {
        await pool.run(trial('thread', { number: 2 }), unheard)
        return 'go-on'
      },
    )
    await second.promise
    pool.stop(1)
    expect((await outcome).state).toBe('stopped')
  })
})

describe('the time limit of a trial on a pool', () => {
  it('does not count what the trial waits at a rung, and goes on after it', async () => {
    // The clocks of this thread, which the test moves; that of the trial's thread goes on as it does.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const realTime = process.hrtime
    let aheadMs = 0
    vi.spyOn(process, 'hrtime').mockImplementation((() => {
      const [seconds, nanoseconds] = realTime()
      return [seconds + aheadMs / 1000, nanoseconds]
    }) as unknown as typeof process.hrtime)
    const afterRung = async (furtherMs: number): Promise<TrialOutcome> => {
      aheadMs = 0
      const goesOn = Promise.withResolvers<void>()
      const task = { ...trial('measuresTwice', { number: 6, timeoutMs: 50_000 }), rungs: [1] }
      const onRung = async () => {
        aheadMs += 100_000
        return 'go-on' as const
      }
      const outcome = pool.run(task, ({ step }) => step === 2 && goesOn.resolve(), onRung)
      await goesOn.promise
      aheadMs += furtherMs
      vi.advanceTimersByTime(50_000)
      pool.stop(6)
      return outcome
    }
    expect((await afterRung(0)).state).toBe('stopped')
    expect((await afterRung(50_000)).error?.message).toBe('The trial ran longer than its limit of 50 s')
  })
})

describe('the limit of the heap', () => {
  it('does not count what the thread holds without the trial', async () => {
    // The module itself holds more than the limit.
    const looks = vi.spyOn(Worker.prototype, 'getHeapStatistics')
    const { outcome } = await begin(7, 'holdsLittle')
    await vi.waitUntil(() => looks.mock.settledResults.some(({ type }) => type === 'fulfilled'), {
      timeout: 45_000,
      interval: 10,
    })
    pool.stop(7)
    expect((await outcome).state).toBe('stopped')
  })

  it('ends a trial that keeps a half more than the limit', async () => {
    const { error } = await pool.run(trial('holdsMuch', { number: 8, timeoutMs: 10_000 }), unheard)
    expect([error?.code, error?.message]).toEqual([
      'out-of-memory',
      'The trial used more than its limit of 64 MB of JavaScript heap (limits.heapMb)',
    ])
  })
})
