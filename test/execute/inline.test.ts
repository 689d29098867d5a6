import { existsSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import type { Executor } from '../../src/execute/executor.ts'
import { createInlineExecutor, type InlineOptions } from '../../src/execute/inline.ts'
import type { Measurements, TrialContext } from '../../src/objective/objective.ts'
import { checkExecutor } from '../../src/testing/check-executor.ts'
import { trial, unheard } from '../../src/testing/executor/stand.ts'

checkExecutor((file, slots) => createInlineExecutor({ kind: 'module', file }, { slots }), {
  test,
  after: afterAll,
})

function executorOf(run: (context: TrialContext) => Measurements, options?: InlineOptions): Executor {
  return createInlineExecutor({ kind: 'object', objective: { space: null, run } }, options)
}

/** What a test and an objective that waits for it tell each other. */
function createGate(): { open: () => void; opened: Promise<void> } {
  const { resolve, promise } = Promise.withResolvers<void>()
  return { open: resolve, opened: promise }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('an executor on this thread', () => {
  it('runs an object of this process', async () => {
    const executor = executorOf(function* ({ params }) {
      yield { step: 1, value: params.does === 'x' ? 1 : 0 }
    })
    const outcome = await executor.run(trial('x'), unheard)
    expect(outcome.measurements[0]?.value).toBe(1)
  })

  it('has one slot unless it is given more', () => {
    expect(executorOf(function* () {}).slots).toBe(1)
    expect(executorOf(function* () {}, { slots: 3 }).slots).toBe(3)
  })

  it('does not take a listener that throws for the objective', async () => {
    const executor = executorOf(function* () {
      yield { step: 1, value: 1 }
    })
    const run = executor.run(trial('x'), () => {
      throw new Error('the listener')
    })
    await expect(run).rejects.toThrow('the listener')
  })

  it('removes the temporary folder of a trial with its end', async () => {
    let folder = ''
    const executor = executorOf(function* (context) {
      folder = context.folder
      yield { step: 1, value: existsSync(folder) ? 1 : 0 }
    })
    const { measurements } = await executor.run(trial('x'), unheard)
    expect([measurements[0]?.value, existsSync(folder)]).toEqual([1, false])
  })

  it('says what objectives warn of to its listener, or else on stderr', async () => {
    const sentences: [string, number | null][] = []
    const onStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    function* warns({ warn }: TrialContext): Measurements {
      warn('the rate is high')
      yield { step: 1, value: 1 }
    }
    const onPrint = (text: string, trial: number | null): void => void sentences.push([text, trial])
    await executorOf(warns, { onPrint }).run(trial('x', { number: 3 }), unheard)
    expect(sentences).toEqual([['Warning: trial 3: the rate is high.\n', 3]])
    expect(onStderr).not.toHaveBeenCalled()
    await executorOf(warns).run(trial('x', { number: 4 }), unheard)
    expect(onStderr.mock.calls).toEqual([['Warning: trial 4: the rate is high.\n']])
  })

  it('lets others have a turn between two measurements 16 ms after the last turn, and no sooner', async () => {
    let now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const events: string[] = []
    const executor = executorOf(function* () {
      setImmediate(() => events.push('turn'))
      for (const [index, ms] of [15, 1, 15, 1].entries()) {
        now += ms
        yield { step: index + 1, value: 1 }
        if (index === 1) setImmediate(() => events.push('turn'))
      }
    })
    await executor.run(trial('x'), ({ step }) => events.push(`${step}`))
    expect(events).toEqual(['1', '2', 'turn', '3', '4', 'turn'])
  })
})

describe('a stop', () => {
  it('aborts the signal of a trial that waits', async () => {
    const begun = createGate()
    const executor = executorOf(async function* ({ signal }) {
      yield { step: 1, value: 1 }
      begun.open()
      await new Promise((_, reject) => signal.addEventListener('abort', reject))
    })
    const outcome = executor.run(trial('x', { number: 4 }), unheard)
    await begun.opened
    executor.stop(4)
    expect((await outcome).state).toBe('stopped')
  })

  it('does nothing to a trial that has ended', async () => {
    let kept: AbortSignal | undefined
    const executor = executorOf(function* ({ signal }) {
      kept = signal
      yield { step: 1, value: 1 }
    })
    await executor.run(trial('x', { number: 4 }), unheard)
    executor.stop(4)
    expect(kept?.aborted).toBe(false)
  })

  it('reaches the trial of that number and no other', async () => {
    const goesOn = createGate()
    const executor = executorOf(
      async function* () {
        yield { step: 1, value: 1 }
        await goesOn.opened
        yield { step: 2, value: 2 }
      },
      { slots: 2 },
    )
    const outcomes = [1, 2].map((number) => {
      const begun = createGate()
      return { begun: begun.opened, outcome: executor.run(trial('x', { number }), begun.open) }
    })
    await Promise.all(outcomes.map(({ begun }) => begun))
    executor.stop(2)
    goesOn.open()
    const states = outcomes.map(async ({ outcome }) => (await outcome).state)
    expect(await Promise.all(states)).toEqual(['complete', 'stopped'])
  })
})

describe('closing an executor', () => {
  it('aborts the signals of its trials and waits for their ends, but lets nobody wait for a slot', async () => {
    const begun = createGate()
    const released = createGate()
    const events: string[] = []
    const executor = executorOf(async function* ({ signal }) {
      signal.addEventListener('abort', () => events.push('told'))
      try {
        yield { step: 1, value: 1 }
        begun.open()
        await new Promise((_, reject) => signal.addEventListener('abort', reject))
      } finally {
        await released.opened
        events.push('cleaned up')
      }
    })
    const running = executor.run(trial('x'), unheard)
    await begun.opened
    const waiting = executor.run(trial('x', { number: 1 }), unheard)
    const closed = executor.close().then(() => events.push('closed'))
    events.push(`waiting ${(await waiting).state}`)
    await turn()
    released.open()
    await closed
    expect(events).toEqual(['told', 'waiting stopped', 'cleaned up', 'closed'])
    expect((await running).state).toBe('stopped')
  })
})

describe('the time limit of a trial on this thread', () => {
  /** A clock that only the test moves; the executor's turns take none of it. */
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.advanceTimersByTime(5000)
  })

  it('leaves no timer behind when the trial ends before', async () => {
    const executor = executorOf(function* () {
      yield { step: 1, value: 1 }
    })
    const { state } = await executor.run(trial('x', { timeoutMs: 1000 }), unheard)
    expect([state, vi.getTimerCount()]).toEqual(['complete', 0])
  })

  it('stands still at rungs, and aborts the signal when it is over', async () => {
    const reasons: unknown[] = []
    const goesOn = createGate()
    const executor = executorOf(async function* ({ signal }) {
      yield { step: 1, value: 1 }
      goesOn.open()
      await new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      ).catch((reason) => reasons.push(reason.name))
    })
    const outcome = executor.run({ ...trial('x', { timeoutMs: 1000 }), rungs: [1] }, unheard, async () => {
      await vi.advanceTimersByTimeAsync(10_000)
      return 'go-on'
    })
    await goesOn.opened
    await vi.advanceTimersByTimeAsync(999)
    expect(reasons).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    const { state, error } = await outcome
    expect([state, error?.message, reasons]).toEqual([
      'failed',
      'The trial ran longer than its limit of 1 s',
      ['AbortError'],
    ])
  })

  it('ends the trial after a step that outlasts it, although no timer could run meanwhile', async () => {
    const clock = vi.spyOn(performance, 'now')
    const executor = executorOf(function* () {
      yield { step: 1, value: 1 }
      clock.mockReturnValue(6001)
      yield { step: 2, value: 2 }
    })
    const { state, error } = await executor.run(trial('x', { timeoutMs: 1000 }), unheard)
    expect([state, error?.code]).toEqual(['failed', 'timeout'])
  })
})
