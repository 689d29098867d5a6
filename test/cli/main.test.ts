import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, makeExampleStore, STAGES } from './example-store.ts'

/** The command as `npm run build` makes it. */
const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'finesweep-main-'))
const db = join(folder, 'studies.db')
const long = join(folder, 'long.db')

beforeAll(() => {
  makeExampleStore(db)
  makeLongStore(long)
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command. @param closeEarly closes the reading end of its stdout after the first bytes */
function runMain(
  argv: readonly string[],
  options: { closeEarly?: boolean; node?: string[] } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(options.node ?? []), MAIN, ...argv], { cwd: folder })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes
      if (options.closeEarly) child.stdout.destroy()
    })
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** A store whose listings are far longer than a pipe holds. */
function makeLongStore(file: string): void {
  const writer = openWriter(file)
  const study = createExampleStudy(writer, 'long')
  writer.addStage(study.id, { ...STAGES[0]!, trials: 3000 })
  for (let number = 0; number < 3000; number++) {
    writer.startTrial(study.id, { ...exampleSpec(0), number }, 'tester')
    const measurement = { step: 1, value: number, metrics: { trainLoss: number / 3 }, seconds: 1 }
    const outcome = {
      state: 'complete',
      measurements: [measurement],
      error: null,
      artifact: null,
      arithmetic: null,
      slot: null,
      host: null,
      startedAt: 0,
      durationMs: 1,
    } as const
    writer.finishTrial(study.id, number, outcome, false)
  }
  writer.flush()
  writer.finishStudy(study.id, 'complete', null)
  writer.releaseLease(study.id)
  writer.close()
}

describe('the built command', () => {
  it('prints results to stdout and exits with 0', async () => {
    const { code, stdout, stderr } = await runMain(['best', '--db', db, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout).trials).toHaveLength(EXAMPLE_TRIALS.length - 2)
  })

  it('drains long results into a pipe before it ends', async () => {
    const { code, stdout } = await runMain(['trials', '--db', long, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).trials).toHaveLength(3000)
  })

  it.each([
    ['trials', '--db', long],
    ['trials', '--db', long, '--json'],
    ['export', '--db', long, '--format', 'ndjson'],
  ])('ends quietly with 0 when nobody reads on: %s', async (...argv) => {
    const { code, signal, stderr } = await runMain(argv, { closeEarly: true })
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  })

  it('exits with 2, 5 and 6 as the mistake is', async () => {
    const codes = await Promise.all(
      [['bets'], ['best', 'nobody', '--db', db], ['best', '--db', MAIN]].map((argv) => runMain(argv)),
    )
    expect(codes.map(({ code }) => code)).toEqual([2, 5, 6])
    for (const { stderr } of codes) expect(stderr).not.toMatch(/^\s+at /m)
  })

  it.runIf(existsSync('/dev/full')).each([[['best', '--db', db, '--quiet']], [['--help']], [['--version']]])(
    'says that a full disk could not take the results: %j',
    async (argv) => {
      const child = spawn(process.execPath, [MAIN, ...argv], {
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      })
      let stderr = ''
      child.stderr!.on('data', (bytes: Buffer) => {
        stderr += bytes
      })
      const [code] = await once(child, 'close')
      expect([code, stderr]).toEqual([6, 'The results cannot be written: the disk is full.\n'])
    },
  )

  it('says in a sentence that a Node is too old', async () => {
    const older =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } })"
    const node = ['--import', `data:text/javascript,${encodeURIComponent(older)}`]
    const { code, stdout, stderr } = await runMain(['best', '--db', db], { node })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^finesweep needs Node\.js 22\.18 or later, but this is 20\.11\.1\. .*\n$/)
  })
})
