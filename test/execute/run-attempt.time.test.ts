import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createInterruption, timedOut } from '../../src/execute/interruption.ts'
import { runAttempt, type Surroundings } from '../../src/execute/run-attempt.ts'
import type { Objective, TrialContext } from '../../src/objective/objective.ts'
import { trialFolders } from '../../src/objective/study-place.ts'
import type { TrialOutcome } from '../../src/trial.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => vi.useRealTimers())

/** Runs what an objective does, with a rung at step 1. */
function attempt(
  run: (context: TrialContext) => unknown,
  around: Partial<Surroundings> = {},
): Promise<TrialOutcome> {
  const spec = { number: 3, stage: 1, params: {}, seed: 9, budget: { epochs: 6 }, continues: null }
  const task = { spec, continued: null, slot: 0, attempt: 1, rungs: [1] }
  return runAttempt({ space: null, run } as unknown as Objective, task, {
    interruption: createInterruption(),
    stopRequested: () => false,
    signal: () => new AbortController().signal,
    onMeasurement: () => {},
    warn: () => {},
    folders: trialFolders(null, 3, null),
    onRung: async () => 'go-on',
    breathe: () => undefined,
    ...around,
  })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('the time of an attempt', () => {
  it('is told in seconds at each measurement and in milliseconds at the end, without what it waited at rungs', async () => {
    vi.advanceTimersByTime(12_000)
    vi.setSystemTime(70_000)
    const running = attempt(
      async function* () {
        await pause(500)
        yield { step: 1, value: 1 }
        await pause(200)
        yield { step: 2, value: 1 }
        await pause(50)
      },
      { onRung: () => pause(3000).then(() => 'go-on') },
    )
    await vi.advanceTimersByTimeAsync(10_000)
    const { measurements, startedAt, durationMs } = await running
    expect(measurements.map(({ seconds }) => seconds)).toEqual([0.5, 0.7])
    expect([startedAt, durationMs]).toEqual([70_000, 750])
  })

  it('has breaks between measurements, which are waited for', async () => {
    const steps: string[] = []
    const running = attempt(
      function* () {
        yield { step: 1, value: 1 }
        steps.push('second')
        yield { step: 2, value: 1 }
      },
      { breathe: () => pause(100).then(() => void steps.push('breath')) },
    )
    await vi.advanceTimersByTimeAsync(300)
    expect((await running).state).toBe('complete')
    expect(steps).toEqual(['breath', 'second', 'breath'])
  })
})

describe('a stopped attempt that cleans up', () => {
  it.each([
    ['holds its signal', true, 1900, 'cleaned'],
    ['holds its signal', true, 2100, 'given up'],
    ['does not know of it', false, 40, 'cleaned'],
    ['does not know of it', false, 60, 'given up'],
  ] as const)('and %s (%s) over %i ms is %s', async (_, holds, cleanupMs, end) => {
    let isStopped = false
    let cleaned = false
    const running = attempt(
      async function* (context) {
        try {
          if (holds) expect(context.signal.aborted).toBe(false)
          isStopped = true
          yield { step: 1, value: 1 }
        } finally {
          await pause(cleanupMs)
          cleaned = true
        }
      },
      { stopRequested: () => isStopped },
    ).then(({ state }) => [state, cleaned ? 'cleaned' : 'given up'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(await running).toEqual(['stopped', end])
  })
})

describe('an attempt that is interrupted', () => {
  it('drops what it yields after that, and cleans up', async () => {
    const interruption = createInterruption()
    const measured: number[] = []
    let cleaned = false
    const { error } = await attempt(
      function* () {
        try {
          yield { step: 1, value: 1 }
          interruption.raise(timedOut(500))
          yield { step: 2, value: 1 }
        } finally {
          cleaned = true
        }
      },
      { interruption, onMeasurement: ({ step }) => measured.push(step) },
    )
    expect([error?.code, measured, cleaned]).toEqual(['timeout', [1], true])
  })
})
