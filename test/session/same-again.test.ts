import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCaptured } from '../cli/capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-again-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FILE = path.join(import.meta.dirname, '../reliability/studies/quick.yaml')
const SMALL = ['--workers', '1', '--set', 'stages[0].trials=4', '--set', 'stages[1].trials=2']

test('a run that would repeat a complete study says so, and what to change', async () => {
  const run = (...words: string[]) =>
    runCaptured(['run', FILE, '--db', path.join(folder, 'studies.db'), ...SMALL, ...words])
  const sentence = 'has the same settings and is complete: this one will give identical results'
  expect((await run()).stderr).not.toContain(sentence)
  const again = await run()
  expect(again.stderr).toContain(
    `Study "quick" ${sentence}. To get different results, change the seed (--seed `,
  )
  expect(again.stderr).toContain('finesweep resume quick --add 32')
  expect((await run('--seed', '99')).stderr).not.toContain(sentence)
})

test('a command that is advised has a name with spaces in quotes', async () => {
  const run = (...words: string[]) =>
    runCaptured(['run', FILE, '--db', path.join(folder, 'spaces.db'), ...SMALL, ...words])
  await run('--name', 'my study')
  const again = await run('--name', 'my study again')
  expect(again.stderr).toContain("extend it: finesweep resume 'my study' --add 32.")
  expect((await run('--name', 'my study')).stderr).toContain(
    "continue that study: finesweep resume 'my study'\n",
  )
})
