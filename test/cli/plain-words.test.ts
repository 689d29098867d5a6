import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'
import { commandsOn } from './commands-on.ts'
import { makeExampleStore } from './example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-plain-words-'))
const db = join(folder, 'studies.db')
const { run, runJson } = commandsOn(db)

beforeAll(() => makeExampleStore(db))
afterAll(() => rmSync(folder, { recursive: true }))

const wrong = async (...argv: string[]): Promise<readonly [number, string]> => {
  const { code, stderr } = await runCaptured(argv)
  return [code, stderr.split('. ')[0]!]
}

describe('words after --', () => {
  it('are arguments, whatever they begin with', async () => {
    const here = (...argv: string[]) => runCaptured([argv[0]!, '--db', db, ...argv.slice(1)])
    expect((await here('best', '--', 'nobody')).stderr).toMatch(/^There is no study "nobody"/)
    expect((await here('best', '--', '-nobody')).stderr).toMatch(/^There is no study "-nobody"/)
    expect((await here('note', 'quickstart', '--', '--help')).code).toBe(0)
    expect((await here('note', '--', 'quickstart')).stdout).toBe('--help\n')
    expect((await here('tag', 'quickstart', '--remove', '--', 'true')).code).toBe(0)
    expect((await here('tag', 'quickstart', '--', 'a', '--b', '--', '-5')).code).toBe(0)
    expect((await here('tag', 'quickstart')).stdout).toBe('a\n--b\n--\n-5\n')
  })

  it('are no values of an option before it, and are refused where nothing takes them', async () => {
    expect(await wrong('best', '--db', '--', db)).toEqual([2, '--db needs a value'])
    expect(await wrong('best', '-n', '--', '3')).toEqual([2, '-n needs a value'])
    expect(await wrong('studies', '--', '-x')).toEqual([2, 'Unknown argument "-x"'])
    expect(await wrong('show', '--db', db, '--', '-x')).toEqual([
      2,
      'TRIAL must be a whole number of at least 0, got "-x".\n',
    ])
    expect(await wrong('--', 'best')).toEqual([2, 'No command was given'])
  })
})

describe('tell', () => {
  const file = join(folder, 'line.yaml')
  beforeAll(async () => {
    writeFileSync(
      file,
      'name: line\nobjective: external\ndirection: minimize\nspace: { x: { float: [0, 1] } }\nstages: [{ trials: 8, epochs: 1 }]\n',
    )
    for (let number = 0; number < 8; number++) await run('ask', file)
  })

  it.each([
    ['-1e-5', { state: 'complete', value: -1e-5 }],
    ['-.5E+2', { state: 'complete', value: -50 }],
    ['+3.', { state: 'complete', value: 3 }],
    ['-inf', { state: 'diverged' }],
    ['-Infinity', { state: 'diverged' }],
    ['-nan', { state: 'diverged' }],
    ['inf', { state: 'diverged' }],
  ])('takes %s', async (word, told) => {
    const [number] = (
      (await runJson('trials', 'line', '--state', 'running')) as { trials: { number: number }[] }
    ).trials
    expect(await runJson('tell', 'line', String(number!.number), word)).toMatchObject(told)
  })

  it.each(['0x10', '0b11', '1_000', '', ' ', '1e', '-x'])('refuses %j', async (word) => {
    const { code, stderr } = await runCaptured(['tell', 'line', '7', '--db', db, '--', word])
    expect([code, stderr]).toEqual([
      2,
      `VALUE must be a number, nan, inf, failed or again, got ${JSON.stringify(word)}.\n`,
    ])
  })
})
