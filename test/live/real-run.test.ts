import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLive } from '../../src/cli/live/start.ts'
import { openReader } from '../../src/store/open-reader.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'
import { listen } from './request.ts'

const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

/** Goes on until it is killed: a value every tenth of a second. */
const PROGRAM = `
for (let step = 1; step <= 1000; step++) {
  console.log(JSON.stringify({ step, value: 1 / step }))
  await new Promise((resolve) => setTimeout(resolve, 100))
}
`
const STUDY = `
name: long
direction: minimize
objective: { command: node program.mjs }
space: { rate: { float: [0, 1] } }
stages: [{ name: only, trials: 2, epochs: 1000 }]
`

let folder: string
let run: ChildProcess | undefined

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-real-run-'))
  writeFileSync(join(folder, 'program.mjs'), PROGRAM)
  writeFileSync(join(folder, 'study.yaml'), STUDY)
})
afterAll(() => {
  run?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const serve = (db: string, port: number, study: string) =>
  startLive(db, '127.0.0.1', port, port === 0, { study, hosts: ['127.0.0.1'], token: null })

/** How many steps of trial 0 each message about curves had. */
function lengths(text: string): number[] {
  return [...text.matchAll(/event: curves\ndata: (.*)\n/g)].flatMap(([, data]) =>
    (JSON.parse(data!) as { trial: number; steps: number[] }[]).flatMap(({ trial, steps }) =>
      trial === 0 ? [steps.length] : [],
    ),
  )
}

it('moves the curve of a running trial, and says when its writer was killed', {
  timeout: 60_000,
}, async () => {
  const db = join(folder, 'run.db')
  run = spawn(process.execPath, [MAIN, 'run', 'study.yaml', '--db', db, '--workers', '1', '--quiet'], {
    cwd: folder,
  })
  await until(() => isRunning(db))
  const server = await serve(db, 0, 'long')
  try {
    const host = { host: `127.0.0.1:${server.port}` }
    const moved = await listen(
      server.port,
      '/events?study=long',
      (text) => new Set(lengths(text)).size >= 3,
      host,
    )
    expect(lengths(moved)).toEqual(lengths(moved).toSorted((a, b) => a - b))
    const after = listen(server.port, '/events?study=long', (text) => text.includes('interrupted'), host)
    run.kill('SIGKILL')
    expect(await after).toContain('interrupted')
  } finally {
    await server.close()
  }
})

it('tells a page what it missed while the server was restarted', async () => {
  const db = join(folder, 'restart.db')
  const writer = openWriter(db)
  const study = createExampleStudy(writer, 'live')
  writer.addStage(study.id, STAGES[0]!)
  const write = (number: number) => writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
  for (const number of [0, 1]) write(number)
  const first = await serve(db, 0, 'live')
  const { port } = first
  await first.close()
  for (const number of [2, 3]) write(number)
  const second = await serve(db, port, 'live')
  try {
    const headers = { host: `127.0.0.1:${port}`, 'last-event-id': '2' }
    const text = await listen(port, '/events?study=live', (all) => all.includes('event: trials'), headers)
    const { number } = JSON.parse(/event: trials\ndata: (.*)\n/.exec(text)![1]!) as { number: number[] }
    expect(number).toEqual([2, 3])
  } finally {
    await second.close()
    writer.close()
  }
})

function isRunning(db: string): boolean {
  if (!existsSync(db)) return false
  try {
    const reader = openReader(db)
    const study = reader.latestStudy()
    const running = study !== undefined && reader.countTrials(study.id).running > 0
    reader.close()
    return running
  } catch {
    // The writer is making the store.
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50))
}
