import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, listen } from './request.ts'

const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

/** The last trial ends when the test has seen enough. */
const OBJECTIVE = `
import { existsSync } from 'node:fs'
export default async function* ({ params, number }) {
  yield { step: 1, value: params.x }
  while (number === 5 && !existsSync(process.env.SEEN)) await new Promise((resolve) => setTimeout(resolve, 20))
}
`
const STUDY = `
name: shown
objective: ./objective.mjs
direction: minimize
space: { x: { float: [0, 1] } }
stages: [{ name: only, trials: 6, epochs: 1, sampler: random }]
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-run-serve-'))
  writeFileSync(join(folder, 'objective.mjs'), OBJECTIVE)
  writeFileSync(join(folder, 'study.yaml'), STUDY)
})
afterAll(() => {
  for (const pid of pagesOf(folder)) process.kill(pid, 'SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

/** The processes that serve a store of the folder. Where there is no /proc they end by themselves, a minute later. */
function pagesOf(folder: string): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && servesFrom(pid, folder))
  } catch {
    return []
  }
}

function servesFrom(pid: number, folder: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes('serve') && words.some((word) => word.startsWith(folder))
  } catch {
    return false
  }
}

it('run --serve shows the study while it runs, and the page outlives the run, which does not wait for it', {
  timeout: 120_000,
}, async () => {
  const seen = join(folder, 'seen')
  const run = spawn(process.execPath, [MAIN, 'run', 'study.yaml', '--serve', '--db', 'studies.db'], {
    cwd: folder,
    env: { ...process.env, SEEN: seen },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => run.on('exit', resolve))
  let stderr = ''
  const port = await new Promise<number>((resolve, reject) => {
    run.stderr.on('data', (bytes: Buffer) => {
      stderr += String(bytes)
      const found = /Live page: http:\/\/127\.0\.0\.1:(\d+)\//.exec(stderr)
      if (found !== null) resolve(Number(found[1]))
    })
    void ended.then(() => reject(new Error(`ended without a page: ${stderr}`)))
  })
  const host = { host: `127.0.0.1:${port}` }
  expect((await ask(port, '/', host)).text).toContain('<h1>shown</h1>')
  const toItsEnd = listen(
    port,
    '/events?study=shown',
    (text) => {
      // All but the last trial have ended, which is running until now.
      if (text.includes('5 of 6 trials')) writeFileSync(seen, '')
      return text.includes('6 of 6 trials') && text.includes('complete')
    },
    host,
  )
  expect(await toItsEnd).toContain('event: trials')
  expect(await ended).toBe(0)
  expect((await ask(port, '/', host)).text).toContain('6 of 6 trials')
})
