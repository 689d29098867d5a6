import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'

const MODULE = pathToFileURL(path.resolve('src/cli/compiled-code.ts')).href

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-compiled-'))
const chunk = path.join(folder, 'main.cjs')
const kept = path.join(folder, 'kept', 'main.bytecode')
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(() => {
  rmSync(path.dirname(kept), { recursive: true, force: true })
  writeChunk('main.cjs', `const { twice } = require('./other.cjs'); exports.answer = () => twice(21)`)
  writeChunk('other.cjs', `exports.twice = (number) => 2 * number; console.log('loaded')`)
})

function writeChunk(name: string, code: string): void {
  writeFileSync(path.join(folder, name), code)
}

/** Requires the main chunk in a process of its own, and does something with its exports, `main`. */
function run(use = 'console.log(main.answer())', keptIn = kept) {
  const script = `import { requireCompiled } from ${JSON.stringify(MODULE)}
    const main = requireCompiled(${JSON.stringify(chunk)}, ${JSON.stringify(keptIn)})
    ${use}`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', script],
    {
      encoding: 'utf8',
    },
  )
  return { status, stdout, stderr }
}

const RIGHT = { status: 0, stdout: 'loaded\n42\n', stderr: '' }

/** How many runs in a row have taken the bytecode, and added to it. */
function runsKept(): number {
  return JSON.parse(readFileSync(kept, 'utf8').split('\n')[0]!).runs
}

describe('a command with kept bytecode', () => {
  it('takes what earlier runs left, and stops adding to it', () => {
    const runs = []
    for (let i = 0; i < 5; i++) {
      expect(run()).toEqual(RIGHT)
      runs.push(runsKept())
    }
    expect(runs).toEqual([1, 2, 3, 4, 4])
    expect(readdirSync(path.dirname(kept))).toEqual(['main.bytecode'])
  })

  it('finds damage, which would end the process', () => {
    run()
    run()
    const bytes = readFileSync(kept)
    bytes[bytes.length - 100]! ^= 0x55
    writeFileSync(kept, bytes)
    expect(run()).toEqual(RIGHT)
    expect(runsKept()).toBe(1)
  })

  it.each([
    ['is empty', ''],
    ['is cut off', '{"runs":4,"checksum":0,"chunks":[{"name":"main.cjs","source":1,"bytes":100}]}\n'],
    ['is something else', '\u0000\n\n'],
  ])('replaces a file that %s', (_what, content) => {
    run()
    writeFileSync(kept, content)
    expect(run()).toEqual(RIGHT)
    expect(runsKept()).toBe(1)
  })

  it('compiles a chunk that has changed, also if it is as long as before', () => {
    run()
    writeChunk('other.cjs', `exports.twice = (number) => 3 * number; console.log('loaded')`)
    expect(run().stdout).toBe('loaded\n63\n')
  })

  it('keeps nothing of a run that fails', () => {
    expect(run('process.exitCode = 3').status).toBe(3)
    expect(existsSync(kept)).toBe(false)
  })

  it('works where nothing can be written', () => {
    expect(run(undefined, path.join(chunk, 'below-a-file.bytecode'))).toEqual(RIGHT)
  })

  it('lets a chunk import ES modules, and require what is already loaded', () => {
    writeFileSync(path.join(folder, 'es.mjs'), 'export const three = 3')
    writeChunk(
      'importing.cjs',
      `const { twice } = require('./other.cjs')
      exports.six = () => import('./es.mjs').then(({ three }) => twice(three))`,
    )
    writeChunk('main.cjs', `require('./other.cjs'); exports.six = () => require('./importing.cjs').six()`)
    for (const _ of [1, 2]) expect(run('console.log(await main.six())').stdout).toBe('loaded\n6\n')
  })

  it('names the line and column of an error', () => {
    writeChunk('main.cjs', `exports.fail = () => { throw new Error('here') }`)
    expect(run('main.fail()').stderr).toContain(`${chunk}:1:30`)
  })
})
