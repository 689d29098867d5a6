import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { createPoolExecutor } from '../../src/execute/pool.ts'
import { checkExecutor } from '../../src/testing/check-executor.ts'
import { BEHAVIOURS, trial } from '../../src/testing/executor/stand.ts'
import type { TrialOutcome } from '../../src/trial.ts'

checkExecutor(
  (file, workers) => createPoolExecutor({ kind: 'module', file }, { workers, onPrint: () => {} }),
  { test, after: afterAll },
)

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/objectives/${name}`, import.meta.url))
}

const printed: [string, number | null][] = []
const pool = createPoolExecutor(
  { kind: 'module', file: BEHAVIOURS },
  {
    workers: 2,
    heapLimitMb: 64,
    onPrint: (text, number) => printed.push([text, number]),
  },
)
afterAll(() => pool.close())

let number = 0

/** Runs the behaviour beside a healthy trial, then two more: the pool must be whole afterwards. */
async function amongOthers(does: string, timeoutMs: number | null = null): Promise<TrialOutcome> {
  const others = async (): Promise<TrialOutcome[]> => {
    const outcomes: TrialOutcome[] = []
    for (let i = 0; i < 5; i++) {
      number += 1
      outcomes.push(await pool.run(trial('asynchronous', { number }), () => {}))
    }
    return outcomes
  }
  number += 1
  const [outcome, healthy] = await Promise.all([
    pool.run(trial(does, { number, timeoutMs }), () => {}),
    others(),
  ])
  const after = await Promise.all([others(), others()])
  for (const { state, measurements } of [healthy, ...after].flat()) {
    expect([state, measurements.length]).toEqual(['complete', 5])
  }
  return outcome
}

test('an endless loop ends at the time limit, with what it had measured', async () => {
  const { state, error, measurements } = await amongOthers('loops', 1000)
  expect([state, error?.code]).toEqual(['failed', 'timeout'])
  expect(measurements.map(({ step, value, metrics }) => [step, value, metrics])).toEqual([
    [1, 1, { loss: 0.5 }],
    [2, 2, { loss: 0.25 }],
  ])
})

test.for([
  ['exitsUnheard', 'exited', 'The objective called process.exit(4)', 1],
  ['dies', 'exited', "The trial's thread ended by itself, with status 5", 1],
  [
    'fillsHeap',
    'out-of-memory',
    'The trial used more than its limit of 64 MB of JavaScript heap (limits.heapMb)',
    1,
  ],
  [
    'fillsHeapInBlocks',
    'out-of-memory',
    'The trial used more than its limit of 64 MB of JavaScript heap (limits.heapMb)',
    1,
  ],
  ['rejectsUnheard', 'threw', 'nobody waits', 1],
  ['timerThrows', 'threw', 'in a timer', 1],
] as const)('a trial that %s fails alone, as %s', async ([does, code, message, measured]) => {
  const { state, error, measurements } = await amongOthers(does)
  expect([state, error?.code, error?.message]).toEqual(['failed', code, message])
  expect(measurements).toHaveLength(measured)
})

test('what an objective prints is told with its trial, and reaches no stream', async () => {
  number += 1
  await pool.run(trial('prints', { number }), () => {})
  await vi.waitUntil(() => printed.length >= 2, { timeout: 45_000 })
  expect(printed).toEqual([
    ['to stdout\n', number],
    ['to stderr\n', number],
  ])
})

test('a stop reaches a trial that waits for nothing', async () => {
  number += 1
  const outcome = await pool.run(trial('forever', { number }), () => pool.stop(number))
  expect(outcome.state).toBe('stopped')
})

test.concurrent.for([
  [1, 'A thread did not stop when asked to: something blocks it'],
  [2, '2 threads did not stop when asked to: something blocks them'],
] as const)(
  'the channel of a thread that does not end is never used again: %i',
  async ([count, sentence]) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-blocked-'))
    const pidFiles = Array.from({ length: count }, (_, i) => path.join(folder, `pid-${i}`))
    const file = fixture('blocked.ts')
    // One of the channels stays in use by a trial that runs.
    const executor = createPoolExecutor({ kind: 'module', file }, { workers: count + 1, spareChannels: 0 })
    const run = (number: number, pidFile: string, timeoutMs: number | null): Promise<TrialOutcome> => {
      const task = trial('', { number, timeoutMs })
      return executor.run({ ...task, spec: { ...task.spec, params: { pidFile } } }, () => {})
    }
    try {
      const running = run(9, '', null)
      const first = await Promise.all(pidFiles.map((pidFile, i) => run(i, pidFile, 1000)))
      for (const { state, error } of first) expect([state, error?.code]).toEqual(['failed', 'timeout'])
      const next = await run(8, '', null)
      expect([next.state, next.error?.code, next.error?.message]).toEqual(['failed', 'exited', sentence])
      executor.stop(9)
      expect((await running).state).toBe('stopped')
    } finally {
      for (const pidFile of pidFiles) {
        await vi.waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', {
          timeout: 45_000,
        })
        process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
      }
      await executor.close()
      rmSync(folder, { recursive: true })
    }
  },
)

test('closing ends endless loops', async () => {
  const executor = createPoolExecutor({ kind: 'module', file: BEHAVIOURS }, { workers: 2 })
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const outcomes = begun.map(({ resolve }, number) =>
    executor.run(trial('loopsLater', { number }), () => resolve()),
  )
  await Promise.all(begun.map(({ promise }) => promise))
  await executor.close()
  expect((await Promise.all(outcomes)).map(({ state }) => state)).toEqual(['stopped', 'stopped'])
})

test.for([
  ['throws-at-import.ts', 'threw', /failed while it was loaded: not today/, 60_000],
  ['exits-at-import.ts', 'exited', /process\.exit\(6\)/, 60_000],
  ['loops-at-import.ts', 'timeout', /longer than its limit/, 100],
] as const)(
  'a module that fails while it is loaded fails its trials: %s',
  async ([file, code, message, limitMs]) => {
    const executor = createPoolExecutor(
      { kind: 'module', file: fixture(file) },
      { workers: 1, loadingLimitMs: limitMs },
    )
    for (const number of [0, 1]) {
      const { state, error } = await executor.run(trial('well', { number, timeoutMs: limitMs }), () => {})
      expect([state, error?.code]).toEqual(['failed', code])
      expect(error?.message).toMatch(message)
    }
    await executor.close()
  },
)

test.each([
  ['however long it takes', null],
  ['30060 s in all', 30_030_000],
])('a module that a thread loads for long is named once: it is waited for %s', async (wait, timeoutMs) => {
  const printed: [string, number | null][] = []
  const heard = Promise.withResolvers<void>()
  const file = fixture('loops-at-import.ts')
  const executor = createPoolExecutor(
    { kind: 'module', file },
    {
      workers: 2,
      loadingNoticeMs: 1,
      onPrint: (...print) => {
        printed.push(print)
        heard.resolve()
      },
    },
  )
  const outcomes = [0, 1].map((number) => executor.run(trial('well', { number, timeoutMs }), () => {}))
  await heard.promise
  await executor.close()
  expect((await Promise.all(outcomes)).map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  expect(printed[0]?.[0]).toContain(`it is waited for ${wait}, but`)
  expect(printed).toEqual([
    [
      expect.stringMatching(
        /^Trial [01] waits in a worker thread: .*loops-at-import\.ts is still loading after 0\.001 s: it is waited for .*\.\n$/,
      ),
      null,
    ],
  ])
})

test('an object is refused: it cannot leave its thread', () => {
  const objective = { space: null, *run() {} }
  expect(() => createPoolExecutor({ kind: 'object', objective }, { workers: 1 })).toThrow(
    /only in its own thread/,
  )
})

test('more measurements than a slot has room for come all, once and in order', async () => {
  const file = fixture('flood.ts')
  const executor = createPoolExecutor({ kind: 'module', file }, { workers: 1 })
  const announced: number[] = []
  const spec = {
    number: 0,
    stage: 0,
    params: { count: 20_000 },
    seed: 1,
    budget: { epochs: 1 },
    continues: null,
  }
  const outcome = await executor.run(
    { spec, continued: null, slot: 0, attempt: 1, timeoutMs: null },
    ({ step }) => announced.push(step),
  )
  expect(announced).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1))
  expect(outcome.measurements.map(({ step }) => step)).toEqual(announced)
  await executor.close()
})
