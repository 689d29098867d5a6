import { spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/program.ts'
import { CapturedStream, runCaptured } from './capture.ts'
import { commandsOn } from './commands-on.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-ask-tell-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'line.yaml')
writeFileSync(
  file,
  `name: my line
objective: external
direction: minimize
space: { x: { float: [0, 1] } }
stages: [{ trials: 4, epochs: 9 }]
`,
)

const db = join(folder, 'studies.db')
const { run, runJson } = commandsOn(db)

beforeEach(() => rmSync(db, { force: true }))

/** A stream that takes nothing. @param meanwhile what happens before it says so */
class BrokenStream extends CapturedStream {
  readonly #code: string
  readonly #meanwhile: () => void

  constructor(code: string, meanwhile: () => void = () => {}) {
    super()
    this.#code = code
    this.#meanwhile = meanwhile
  }

  override write(_text: string, done?: (error?: Error | null) => void): boolean {
    this.#meanwhile()
    done?.(Object.assign(new Error(this.#code), { code: this.#code }))
    return false
  }
}

async function askInto(stdout: BrokenStream, ...argv: string[]): Promise<[number, string]> {
  const stderr = new CapturedStream()
  const code = await runCommandLine(['ask', file, '--db', db, ...argv], { stdout, stderr, env: {} })
  return [code, stderr.text]
}

it('a value for a trial of a study that has ended is refused without the advice to ask for one', async () => {
  const told = () => runCaptured(['tell', 'my line', '0', '1', '--db', db])
  await run('ask', file)
  await run('tell', 'my line', '0', '1')
  expect((await told()).stderr).toBe(
    'Trial 0 of "my line" is not pending. No trial is pending. Ask for one first.\n',
  )
  for (const number of ['1', '2', '3']) {
    await run('ask', 'my line')
    await run('tell', 'my line', number, '1')
  }
  expect(await told()).toMatchObject({
    code: 5,
    stderr: 'Trial 0 of "my line" is not pending. The study is complete.\n',
  })
})

describe('a trial that could not be printed', () => {
  it.each([
    ['ENOSPC', 'The results cannot be written: the disk is full.'],
    ['EPIPE', 'The pipe that reads the results was closed.'],
  ])('is handed out by the next ask (%s)', async (code, message) => {
    const first = await run('ask', file)
    expect(await askInto(new BrokenStream(code))).toEqual([
      6,
      `${message} Trial 1 was not handed out; the next ask will hand it out.\n`,
    ])
    expect((await askInto(new BrokenStream(code), '--json'))[0]).toBe(6)
    expect(first.stdout).toMatch(/^0 /)
    expect((await run('ask', file)).stdout).toMatch(/^1 /)
    expect((await run('ask', file)).stdout).toMatch(/^2 /)
  })

  it('is named with the way to put it back, where the store does not take it back', async () => {
    const lose = (): void => {
      const store = new Database(db)
      store.exec('DELETE FROM leases')
      store.close()
    }
    const [code, stderr] = await askInto(new BrokenStream('EPIPE', lose))
    expect(code).toBe(6)
    expect(stderr).toBe(
      `The pipe that reads the results was closed. Trial 0 stays pending; to hand it out again: finesweep tell 'my line' 0 again --db ${db}\n`,
    )
  })
})

describe('tell --stdin', () => {
  const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
  const tell = (stdin: { input: string } | { stdio: ['pipe' | number, 'pipe', 'pipe'] }) =>
    spawnSync(process.execPath, [MAIN, 'tell', 'my line', '0', '--stdin', '--db', db], {
      encoding: 'utf8',
      ...stdin,
    })

  it('reads lines as those of a program: also an object after a progress bar', async () => {
    await run('ask', file)
    const input =
      'begin\n 50 %\r100 %\r{"value": 0.5}\r\n 30 %\r 60 % {"value": 0.25, "loss": 3}\nend {"value": 9}\nend {"value": 8}'
    expect(tell({ input }).stderr).toBe(
      'Warning: a line of measurements must be one JSON object, got end {"value": 9}; it is ignored.\n' +
        'Trial 0 of my line: complete, value 0.2500.\n',
    )
    expect(await runJson('show', 'my line', '0')).toMatchObject({
      trial: {
        measurements: [
          { step: 1, value: 0.5 },
          { step: 2, value: 0.25, metrics: { loss: 3 } },
        ],
      },
    })
  })

  it.runIf(process.platform !== 'win32')('says that stdin is a folder', async () => {
    await run('ask', file)
    const { status, stderr } = tell({ stdio: [openSync(folder, 'r'), 'pipe', 'pipe'] })
    expect([status, stderr]).toEqual([2, '--stdin: stdin cannot be read: it is a folder.\n'])
  })
})
