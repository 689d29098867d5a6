import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { runCaptured } from './capture.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from './example-store.ts'

const TEXT = readFileSync(new URL('../../docs/pictures.md', import.meta.url), 'utf8')

/** The commands at the top that make pictures and reports; those that serve a page have tests of their own. */
const COMMANDS = TEXT.split('\n')
  .filter((line) => /^ {4}finesweep (plot|report)\b/.test(line))
  .map((line) => line.replace(/\s+#.*/, '').trim())

let folder: string
let db: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-pictures-document-'))
  db = join(folder, 'studies.db')
  const writer = openWriter(db)
  for (const name of ['adam', 'sgd']) {
    const study = createExampleStudy(writer, name)
    writer.addStage(study.id, STAGES[0]!)
    for (let number = 0; number < 6; number++)
      writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
    writer.finishStudy(study.id, 'complete', null)
  }
  writer.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('docs/pictures.md has commands to run', () => expect(COMMANDS).toHaveLength(5))

it.each(COMMANDS)('%s does what it says', async (command) => {
  const words = command.split(' ').slice(1)
  const at = words.indexOf('-o')
  const output = at < 0 ? null : join(folder, words[at + 1]!)
  // What ends with a slash is a folder: `join` keeps it.
  if (output !== null) words[at + 1] = output
  const { code, stdout } = await runCaptured([...words, '--db', db])
  expect(code).toBe(0)
  if (output === null)
    expect(stdout).toContain(words.includes('slices') ? 'Each parameter' : 'How the ranges')
  else expect(existsSync(output)).toBe(true)
})

it('docs/pictures.md names every picture, in the order of --list', async () => {
  const { stdout } = await runCaptured(['plot', '--list', '--db', db])
  const listed = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0])
  const rows = [...TEXT.matchAll(/^\| (\w+) \| /gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'picture')
  expect(rows.slice(0, listed.length)).toEqual(listed)
})
