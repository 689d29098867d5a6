import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PreparationStopped } from '../../src/data/prepare-in-thread.ts'
import { watchLoading } from '../../src/objective/loading-watch.ts'
import { moduleKind } from '../../src/objective/module-kind.ts'

let folder: string
let written: string
let stream: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-loading-'))
  written = join(folder, 'written.txt')
  stream = openSync(written, 'w')
})
afterEach(() => {
  closeSync(stream)
  rmSync(folder, { recursive: true })
})

const SENTENCE =
  /^\/my\/module\.ts is still loading after 0\.001 s: it is waited for .*, but .* loops or awaits what never comes\. Ctrl-C ends the wait; where that does nothing, kill -KILL \d+\n$/

function read(): string {
  return readFileSync(written, 'utf8')
}

describe('the wait for a module', () => {
  it('says which module is still loading while the module blocks its thread', async () => {
    const load = async (): Promise<string> => {
      while (read() === '');
      return read()
    }
    expect(await watchLoading('/my/module.ts', load, { noticeMs: 1, stream })).toMatch(SENTENCE)
  })

  it('says it once while the module awaits something, and goes on', async () => {
    const load = async (): Promise<string> => {
      while (read() === '') await new Promise(setImmediate)
      return 'loaded'
    }
    expect(await watchLoading('/my/module.ts', load, { noticeMs: 1, stream })).toBe('loaded')
    expect(read()).toMatch(SENTENCE)
  })

  it('ends when it is given up', async () => {
    const stop = new AbortController()
    const file = join(folder, 'never.mjs')
    writeFileSync(file, 'await new Promise(() => {})\nexport default () => 1\n')
    const opened = moduleKind.open({ kind: 'module', file }, { signal: stop.signal })
    stop.abort()
    await expect(opened).rejects.toThrow(PreparationStopped)
    await expect(moduleKind.open({ kind: 'module', file }, { signal: stop.signal })).rejects.toThrow(
      PreparationStopped,
    )
  })

  it('ends with a sentence and status 2 if nothing can end it', () => {
    writeFileSync(join(folder, 'never.mjs'), 'await new Promise(() => {})\nexport default () => 1\n')
    writeFileSync(
      join(folder, 'never.yaml'),
      'objective: ./never.mjs\ndirection: minimize\nspace: { x: { float: [0, 1] } }\n',
    )
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    for (const options of [[], ['--dry-run']]) {
      const args = [main, 'run', 'never.yaml', ...options]
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
      expect(stderr).toMatch(/never\.mjs +The objective never finishes loading: an await at its top level/)
      expect(status).toBe(2)
    }
  })
})
