import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPoolExecutor } from '../../src/execute/pool.ts'
import { trial, unheard } from '../../src/testing/executor/stand.ts'
import type { TrialOutcome } from '../../src/trial.ts'

const file = fileURLToPath(new URL('../fixtures/objectives/on-a-thread.ts', import.meta.url))
const printed: [string, number | null][] = []
const pool = createPoolExecutor(
  { kind: 'module', file },
  { workers: 1, spareChannels: 0, heapLimitMb: 64, onPrint: (text, number) => printed.push([text, number]) },
)
afterAll(() => pool.close())
beforeEach(() => void printed.splice(0))

let number = 0

/** Runs one trial after another: they share a thread, and have consecutive numbers. */
async function outcomesOf(...each: string[]): Promise<TrialOutcome[]> {
  const outcomes: TrialOutcome[] = []
  for (const does of each) {
    number += 1
    outcomes.push(await pool.run(trial(does, { number, timeoutMs: 20_000 }), unheard))
  }
  return outcomes
}

/** Runs a trial that is stopped once `when` is true; it is asked with each of its measurements and words. */
async function stopWhen(does: string, when: () => boolean): Promise<TrialOutcome> {
  number += 1
  const own = number
  const outcome = pool.run(trial(does, { number: own, timeoutMs: 20_000 }), unheard)
  await vi.waitUntil(when, { timeout: 45_000, interval: 5 })
  pool.stop(own)
  return outcome
}

/** Runs a trial that is stopped at its first measurement. */
function stopAtOnce(does: string): Promise<TrialOutcome> {
  number += 1
  const own = number
  return pool.run(trial(does, { number: own, timeoutMs: 20_000 }), () => pool.stop(own))
}

describe('a stop of a trial on a thread', () => {
  it('has aborted the signal that is asked for after it', async () => {
    const { measurements } = await stopAtOnce('asksLate')
    expect(measurements.map(({ value }) => value)).toEqual([1, 1])
  })

  it('aborts no signal that an earlier trial has kept', async () => {
    const [before] = await outcomesOf('keepsSignal')
    expect((await stopAtOnce('outlastsItsStop')).state).toBe('stopped')
    const [after] = await outcomesOf('looksAtKeptSignal')
    expect([before?.state, after?.measurements[0]?.value]).toEqual(['complete', 0])
  })
})

describe('what goes wrong on a thread outside of the calls of its objective', () => {
  it('fails the trial, whose signal tells it to clean up', async () => {
    const [outcome] = await outcomesOf('failsBesides')
    expect([outcome?.state, outcome?.error?.message]).toEqual(['failed', 'in a timer'])
    expect(outcome?.measurements[0]?.value).toBe(0)
    await vi.waitUntil(() => printed.length > 0, { timeout: 45_000, interval: 5 })
    expect(printed).toEqual([['cleaned up\n', number]])
  })

  it('may be the rejection of something that is no Error', async () => {
    const [outcome] = await outcomesOf('rejectsText')
    expect(outcome?.error?.message).toBe('The objective threw "no error", which is not an Error')
  })

  it.for([
    ['throwsAfterItsEnd', 'kept running after it ended, and failed: too late'],
    ['exitsAfterItsEnd', 'kept running after it ended, and failed: The objective called process.exit(7)'],
  ] as const)('is said and harms no other trial once its own has ended: %s', async ([does, sentence]) => {
    const [first] = await outcomesOf(does)
    const own = number
    expect((await stopWhen('stays', () => printed.length > 0)).state).toBe('stopped')
    expect(first?.state).toBe('complete')
    expect(printed).toEqual([[`Trial ${own} ${sentence}\n`, own]])
  })

  it('fails the running trial if it is of none', async () => {
    const [outcome] = await outcomesOf('failsFromOutside')
    expect([outcome?.state, outcome?.error?.message]).toEqual(['failed', 'of the module'])
  })
})

describe('what is printed on a thread', () => {
  it('may be bytes or text, and calls back when it is handed over', async () => {
    const [outcome] = await outcomesOf('writes')
    expect(outcome?.measurements.map(({ value }) => value)).toEqual([1, 1])
    await vi.waitUntil(() => printed.length === 4, { timeout: 45_000, interval: 5 })
    expect(printed).toEqual(['hi', 'plain', 'encoded', 'last'].map((text) => [text, number]))
  })

  it('belongs to the trial that prints it, even after its end', async () => {
    await outcomesOf('printsAfterItsEnd')
    const own = number
    await stopWhen('stays', () => printed.length > 0)
    expect(printed).toEqual([['still here\n', own]])
  })

  it('belongs to the running trial if nothing tells whose it is', async () => {
    await stopWhen('isPrintedFromOutside', () => printed.length > 0)
    expect(printed).toEqual([['from outside\n', number]])
  })
})

describe('measurements that a channel has no room for', () => {
  it('are all announced by the next rung, and those after it while the trial runs', async () => {
    number += 1
    const own = number
    const announced: number[] = []
    const numAnnouncedAt: [rung: number, announced: number][] = []
    const task = trial('floods', { number, timeoutMs: 10_000 })
    const spec = { ...task.spec, budget: { epochs: 5000 } }
    const outcome = await pool.run(
      { ...task, spec, rungs: [2, 3000] },
      ({ step }) => {
        announced.push(step)
        if (step === 3002) pool.stop(own)
      },
      async ({ step }) => {
        numAnnouncedAt.push([step, announced.length])
        return 'go-on'
      },
    )
    expect(outcome.state).toBe('stopped')
    expect(numAnnouncedAt).toEqual([
      [2, 2],
      [3000, 3000],
    ])
    expect(announced).toEqual(Array.from({ length: 3002 }, (_, i) => i + 1))
    expect(outcome.measurements.map(({ step }) => step)).toEqual(announced)
  })
})
