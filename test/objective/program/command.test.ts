import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { createExecutor } from '../../../src/execute/create.ts'
import type { Executor } from '../../../src/execute/executor.ts'
import type { TrialOutcome } from '../../../src/trial.ts'

const PROGRAMS = fileURLToPath(new URL('../../fixtures/programs', import.meta.url))
const open: Executor[] = []
afterAll(() => Promise.all(open.map((each) => each.close())))

function executor(command: string, cwd = PROGRAMS): Executor {
  const created = createExecutor(
    { kind: 'command', command, cwd, env: {}, devices: null, keep: 3 },
    { workers: 2 },
  )
  open.push(created)
  return created
}

/** Runs this test's Node on the program: the path is quoted, as it may hold white space. */
const node = `'${process.execPath}' report.mjs`

interface Changes {
  readonly timeoutMs?: number
  readonly onMeasurement?: (executor: Executor) => void
}

function run(
  command: string,
  { timeoutMs, onMeasurement }: Changes = {},
  cwd?: string,
): Promise<TrialOutcome> {
  const created = executor(command, cwd)
  const params = { learningRate: 0.25, 'odd name': 'two words' }
  const spec = { number: 3, stage: 0, params, seed: 3 * 2 ** 17 + 5, budget: { epochs: 7 }, continues: null }
  return created.run({ spec, continued: null, slot: 0, attempt: 1, timeoutMs: timeoutMs ?? null }, () =>
    onMeasurement?.(created),
  )
}

const figures = ({ measurements }: TrialOutcome): unknown[] =>
  measurements.map(({ step, value, metrics }) => [step, value, metrics])

/** Signal 0 asks whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('words reach the program as they were split and filled in, no shell between', async () => {
  const outcome = await run(`${node} words {learningRate} 'two words' {epochs}:{slot}:{trial} $HOME *`)
  expect(outcome.state).toBe('complete')
  expect(figures(outcome)).toEqual([[1, 5, { '0.25': 0, 'two words': 1, '7:0:3': 2, $HOME: 3, '*': 4 }]])
})

test('params, trial, seed and epochs are in the environment', async () => {
  expect(figures(await run(`${node} environment`))).toEqual([[1, 0.25, { trial: 3, seed: 3, epochs: 7 }]])
})

test('measurements are the lines that are JSON with a value, whatever else is written', async () => {
  expect(figures(await run(`${node} lines`))).toEqual([
    [2, 0.5, { loss: Number.NaN, far: -Infinity, time: 3 }],
    [5, 0.001, {}],
  ])
})

test('lines that are too long are ignored with one warning, and the rest counts', async () => {
  const onStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const outcome = await run(`${node} longLines`)
  const printed = onStderr.mock.calls.map(([text]) => String(text))
  onStderr.mockRestore()
  expect(figures(outcome)).toEqual([[1, 3, {}]])
  expect(printed).toEqual([
    expect.stringMatching(/a measurement must fit in a line of 1,000,000 characters, got one of 2,000,023/),
  ])
})

test('a value of NaN ends the program and the trial as diverged', async () => {
  const outcome = await run(`${node} diverges`)
  expect([outcome.state, outcome.measurements.length]).toEqual(['diverged', 1])
})

test('a measurement of the wrong type fails with its sentence', async () => {
  const { error } = await run(`${node} wrong`)
  expect([error?.code, error?.message]).toEqual([
    'bad-measurement',
    'Bad measurement: value must be a number, got "high" at step 1',
  ])
})

test('a program that fails shows its status and the end of what it wrote', async () => {
  const { state, error, measurements } = await run(`${node} fails`)
  expect([state, error?.code, measurements.length]).toEqual(['failed', 'exited', 1])
  expect(error?.message).toMatch(/ended with exit status 3: LookupError: no such layer$/)
  expect(error?.stack).toBe('Traceback:\n  line 12\nLookupError: no such layer')
})

test('a program without a measurement, one that is not there, and a directory that is not there, fail', async () => {
  const silent = await run(`${node} silent`)
  expect([silent.state, silent.error?.code]).toEqual(['failed', 'bad-measurement'])
  expect(silent.error?.message).toMatch(
    /ended without a measurement: no line of its stdout was a JSON object with a "value": nothing to say$/,
  )
  const number = await run(`${node} number`)
  expect(number.error?.message).toMatch(/with a "value" \(print \{"value": 0\.94\}\): 0\.94$/)
  const dictionary = await run(`${node} dictionary`)
  expect(dictionary.error?.message).toMatch(
    /\(in Python, print json\.dumps of the dictionary\): \{'value': 1\}$/,
  )
  for (const [does, way] of [
    ['onStderr', /\(it printed one to stderr\): \{"value": 1\}$/],
    ['manyLines', /\(print the whole object in one line\): \}$/],
    ['utf16', /\(its output must be UTF-8, but has NUL bytes, as UTF-16 has\)/],
  ] as const) {
    expect((await run(`${node} ${does}`)).error?.message).toMatch(way)
  }
  const missing = await run('no-such-program-here 1')
  expect([missing.state, missing.error?.code, missing.error?.message]).toEqual([
    'failed',
    'exited',
    'no-such-program-here was not found, or its interpreter is missing',
  ])
  const nowhere = await run(node, {}, '/nowhere/at/all')
  expect(nowhere.state).toBe('failed')
  expect(nowhere.error?.message).toMatch(
    /cannot be started: its working directory \/nowhere\/at\/all is missing$/,
  )
})

test.skipIf(process.platform === 'win32')(
  'a program whose words are too long for the system fails with the way out, and leaves no file open',
  async () => {
    const openFiles = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0)
    const before = openFiles()
    const { state, error } = await run(`${node} ${'x'.repeat(3_000_000)}`)
    expect([state, error?.code]).toEqual(['failed', 'exited'])
    expect(error?.message).toMatch(
      /can't be started: its words or variables are longer than the system allows \(E2BIG\): .* give long texts short names$/,
    )
    expect(openFiles()).toBeLessThanOrEqual(before)
  },
)

test.each(['removes', 'replaces'])('a program that %s its folder is told what is lost', async (does) => {
  const onStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const outcome = await run(`${node} ${does}`)
  const printed = onStderr.mock.calls.map(([text]) => String(text))
  onStderr.mockRestore()
  expect([outcome.state, figures(outcome)]).toEqual(['complete', [[1, 1, {}]]])
  expect(printed).toEqual([
    expect.stringMatching(
      /trial 3: its program must leave the folder .*, but removed it: its files and logs are lost, and no stage can continue it\.\n$/,
    ),
  ])
})

test.for([
  ['stopped', { onMeasurement: (each) => each.stop(3) }],
  ['stopped', { onMeasurement: (each) => void each.close() }],
  ['failed', { timeoutMs: 4000 }],
] as const satisfies readonly (readonly [string, Changes])[])(
  'a trial that is %s ends its program with all that it started (%#)',
  async ([state, changes]) => {
    const outcome = await run(`${node} tree`, changes)
    expect(outcome.state).toBe(state)
    const { value: parent, metrics } = outcome.measurements[0]!
    await vi.waitUntil(() => !isAlive(parent) && !isAlive(metrics.child!), { timeout: 45_000 })
  },
)

test('what a program leaves behind neither holds its trial nor goes on', async () => {
  const outcome = await run(`${node} leavesChild`)
  expect(outcome.state).toBe('complete')
  await vi.waitUntil(() => !isAlive(outcome.measurements[0]!.value), { timeout: 45_000 })
})

test('programs run side by side, as many as there are workers', () => {
  expect(executor(node).slots).toBe(2)
})
