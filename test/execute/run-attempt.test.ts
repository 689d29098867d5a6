import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RungVerdict } from '../../src/execute/executor.ts'
import { createInterruption, timedOut } from '../../src/execute/interruption.ts'
import { foldersOf, runAttempt, type Surroundings } from '../../src/execute/run-attempt.ts'
import type { Objective, TrialContext } from '../../src/objective/objective.ts'
import { trialFolders } from '../../src/objective/study-place.ts'

const BUDGET = 6

interface Setup {
  readonly rungs?: readonly number[]
  readonly continues?: number
  readonly verdict?: (step: number) => Promise<RungVerdict> | RungVerdict
  readonly around?: Partial<Surroundings>
}

/** Runs what an objective does, and tells its outcome, at which steps it came to rungs, and what was measured. */
async function attempt(
  run: (context: TrialContext) => unknown,
  { rungs, continues, verdict, around }: Setup = {},
) {
  const measured: number[] = []
  const atRungs: number[] = []
  const spec = {
    number: 3,
    stage: 1,
    params: { x: 1 },
    seed: 9,
    budget: { epochs: BUDGET },
    continues: continues ?? null,
  }
  const task = {
    spec,
    continued: Uint8Array.of(5),
    slot: 2,
    attempt: 4,
    ...(rungs === undefined ? {} : { rungs }),
  }
  const outcome = await runAttempt({ space: null, run } as unknown as Objective, task, {
    interruption: createInterruption(),
    stopRequested: () => false,
    signal: () => new AbortController().signal,
    onMeasurement: ({ step }) => measured.push(step),
    warn: () => {},
    folders: trialFolders(null, 3, null),
    onRung: async ({ step }) => {
      atRungs.push(step)
      return (await verdict?.(step)) ?? 'go-on'
    },
    breathe: () => undefined,
    ...around,
  })
  return { outcome, measured, atRungs }
}

function yielding(...steps: number[]) {
  return function* () {
    for (const step of steps) yield { step, value: step }
  }
}

describe('an attempt', () => {
  it('gives the objective what its trial has, and keeps what it returns', async () => {
    let given: TrialContext | undefined
    const artifact = Uint8Array.of(1)
    const { outcome } = await attempt(function* (context) {
      given = context
      yield { step: 1, value: 2 }
      return { artifact, arithmetic: 'fma' }
    })
    expect(given).toMatchObject({ number: 3, slot: 2, attempt: 4, stage: 1, params: { x: 1 }, seed: 9 })
    expect(given).toMatchObject({
      budget: { epochs: BUDGET },
      continued: Uint8Array.of(5),
      continuedFolder: null,
    })
    expect(outcome).toMatchObject({ state: 'complete', error: null, artifact, arithmetic: 'fma', slot: null })
    expect(outcome.measurements).toMatchObject([{ step: 1, value: 2 }])
    expect(outcome.durationMs).toBeGreaterThanOrEqual(1000 * outcome.measurements[0]!.seconds)
  })

  it('fails without a measurement, and with a step that does not rise', async () => {
    const nothing = await attempt(yielding())
    expect(nothing.outcome.error?.message).toBe('The objective ended without a measurement')
    const { outcome, measured } = await attempt(yielding(2, 2))
    expect([outcome.state, outcome.error?.message]).toEqual([
      'failed',
      'Bad measurement: steps must increase, got 2 after 2',
    ])
    expect(measured).toEqual([2])
  })

  it('warns once of steps beyond the epochs, where others are compared with it or it continues another', async () => {
    const said = async (setup: Setup, ...steps: number[]) => {
      const warnings: string[] = []
      await attempt(yielding(...steps), { ...setup, around: { warn: (sentence) => warnings.push(sentence) } })
      return warnings
    }
    const counted = "is beyond the trial's epochs (6); count steps from 1"
    const also = ', also in a trial that continues another'
    expect(await said({ continues: 2 }, 6, 7, 8)).toEqual([`step 7 ${counted}${also}`])
    expect(await said({ rungs: [2] }, 100, 200)).toEqual([`step 100 ${counted}`])
    expect(await said({}, 100, 200)).toEqual([])
    expect(await said({ continues: 2, rungs: [2] }, 1, 6)).toEqual([])
  })

  it('diverges with a value that is not finite, which is not kept, and lets the objective clean up', async () => {
    let cleaned = false
    const { outcome, measured } = await attempt(function* () {
      try {
        yield { step: 1, value: 1 }
        yield { step: 2, value: -Infinity }
      } finally {
        cleaned = true
      }
    })
    expect([outcome.state, outcome.error, measured, cleaned]).toEqual([
      'diverged',
      { code: 'diverged', message: 'The value became -Infinity at step 2', stack: null },
      [1],
      true,
    ])
  })

  it('takes 100,000 measurements and no more', async () => {
    const { outcome } = await attempt(function* () {
      for (let step = 1; step <= 100_001; step++) yield { step, value: 0 }
    })
    expect([outcome.state, outcome.measurements.length]).toEqual(['failed', 100_000])
    expect(outcome.error).toMatchObject({
      code: 'bad-measurement',
      message: 'More than 100000 measurements in one trial',
    })
  })

  it('rejects with what the listener throws, after the objective has cleaned up', async () => {
    let cleaned = false
    const run = attempt(
      function* () {
        try {
          yield { step: 1, value: 1 }
        } finally {
          cleaned = true
        }
      },
      {
        around: {
          onMeasurement() {
            throw new Error('the listener')
          },
        },
      },
    )
    await expect(run).rejects.toThrow('the listener')
    expect(cleaned).toBe(true)
  })
})

describe('an attempt at its rungs', () => {
  it('waits at the first measurement at or past each, and at none at its end', async () => {
    const at = async (steps: readonly number[], rungs: readonly number[]) =>
      (await attempt(yielding(...steps), { rungs })).atRungs
    expect(await at([1, 2, 3, 4, 5, 6], [2, 4])).toEqual([2, 4])
    expect(await at([1, 3, 5], [2, 4])).toEqual([3, 5])
    expect(await at([1, 5, 6], [2, 4])).toEqual([5])
    expect(await at([1, BUDGET], [2, 4])).toEqual([])
    expect(await at([1, 2], [1])).toEqual([1])
    expect((await attempt(yielding(1, 2))).atRungs).toEqual([])
  })

  it.each([
    ['prune', 'pruned'],
    ['stop', 'stopped'],
  ] as const)('ends there with the verdict "%s"', async (verdict, state) => {
    const { outcome, measured } = await attempt(yielding(1, 2, 3), { rungs: [2], verdict: () => verdict })
    expect([outcome.state, outcome.error, measured]).toEqual([state, null, [1, 2]])
  })

  it('ends there when it is interrupted', async () => {
    const interruption = createInterruption()
    const { outcome, measured } = await attempt(yielding(1, 2), {
      rungs: [1],
      verdict: () => {
        interruption.raise(timedOut(500))
        return new Promise<RungVerdict>(() => {})
      },
      around: { interruption },
    })
    expect([outcome.state, outcome.error?.code, measured]).toEqual(['failed', 'timeout', [1]])
  })
})

describe('an attempt that is to end', () => {
  it('does not begin if it was interrupted or stopped before', async () => {
    const interruption = createInterruption()
    interruption.raise(timedOut(500))
    const cut = await attempt(yielding(1), { around: { interruption } })
    expect([cut.outcome.error?.code, cut.measured]).toEqual(['timeout', []])
    const stopped = await attempt(yielding(1), { around: { stopRequested: () => true } })
    expect([stopped.outcome.state, stopped.measured]).toEqual(['stopped', []])
  })

  it('ends at its next measurement when it is stopped or interrupted', async () => {
    let isStopped = false
    const stopped = await attempt(yielding(1, 2, 3), {
      around: {
        stopRequested: () => isStopped,
        breathe: () => {
          isStopped = true
          return Promise.resolve()
        },
      },
    })
    expect([stopped.outcome.state, stopped.measured]).toEqual(['stopped', [1]])
    const interruption = createInterruption()
    const cut = await attempt(yielding(1, 2, 3), {
      around: {
        interruption,
        breathe: () => {
          interruption.raise(timedOut(500))
          return undefined
        },
      },
    })
    expect([cut.outcome.state, cut.measured]).toEqual(['failed', [1]])
  })

  it.each([
    ['returns', 'stopped', true],
    ['throws', 'stopped', true],
    ['returns', 'complete', false],
    ['throws', 'failed', false],
  ] as const)('and that %s is %s, as it knew of the stop or not (%s)', async (how, state, knows) => {
    let isStopped = false
    const { outcome } = await attempt(
      function* (context) {
        yield { step: 1, value: 1 }
        isStopped = true
        if (knows) expect(context.stopRequested()).toBe(true)
        if (how === 'throws') throw new Error('out of here')
      },
      { around: { stopRequested: () => isStopped } },
    )
    expect(outcome.state).toBe(state)
  })

  it('and that holds the signal knows of the stop', async () => {
    const control = new AbortController()
    const { outcome } = await attempt(
      function* (context) {
        yield { step: 1, value: 1 }
        expect(context.signal).toBe(control.signal)
        control.abort()
      },
      { around: { stopRequested: () => control.signal.aborted, signal: () => control.signal } },
    )
    expect(outcome.state).toBe('stopped')
  })

  it('ends by what was raised, whatever the objective throws or waits for then', async () => {
    const raised = (objective: 'throws' | 'waits') => {
      const interruption = createInterruption()
      return attempt(
        async function* () {
          yield { step: 1, value: 1 }
          interruption.raise(timedOut(500))
          if (objective === 'throws') throw new Error('out of here')
          await new Promise(() => {})
        },
        { around: { interruption } },
      )
    }
    for (const objective of ['throws', 'waits'] as const) {
      const { outcome, measured } = await raised(objective)
      expect([outcome.error?.code, measured]).toEqual(['timeout', [1]])
    }
  })
})

it('a trial has its folder in that of its study, or a temporary one outside of any', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-folders-'))
  const place = { study: 'here', stages: ['coarse'], folder, isTemporary: false }
  const source = { kind: 'module', file: 'objective.ts' } as const
  const spec = { number: 3, stage: 0, params: {}, seed: 9, budget: { epochs: 1 }, continues: null }
  const task = { spec, continued: null }
  expect(foldersOf({ ...source, place }, task).own()).toBe(join(folder, '3'))
  rmSync(folder, { recursive: true })
  const outside = foldersOf(source, task)
  const own = outside.own()
  expect(existsSync(own)).toBe(true)
  outside.close()
  expect(existsSync(own)).toBe(false)
})
