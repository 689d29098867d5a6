import { chmodSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-artifacts-'))
const run = (...words: string[]) => runCaptured([...words, '--db', path.join(folder, 'studies.db')])
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NAME = 'a-file-with-a-name-that-is-longer-than-any-column'

beforeAll(async () => {
  const script = `#!/bin/sh\ncd "$FINESWEEP_DIR"; echo 1 > ${NAME}; ln -s ${NAME} latest\necho '{"value": 1}'\n`
  writeFileSync(path.join(folder, 'train.sh'), script)
  chmodSync(path.join(folder, 'train.sh'), 0o755)
  const study =
    'objective: { command: ./train.sh }\ndirection: minimize\nspace: { x: { float: [0, 1] } }\nstages: [{ trials: 1, epochs: 1, sampler: random }]\n'
  writeFileSync(path.join(folder, 'study.yaml'), study)
  expect(await run('run', path.join(folder, 'study.yaml'))).toMatchObject({ code: 0 })
})

test('the files of a trial are listed by their whole paths', async () => {
  const { stdout } = await run('artifacts', 'study', '0')
  expect(stdout).toContain(path.join(folder, 'artifacts/study/0', NAME))
  expect(stdout).not.toContain('…')
})

test('a copy of a trial has its relative links as they were', async () => {
  const copy = path.join(folder, 'copy')
  expect(await run('artifacts', '-o', copy)).toMatchObject({ code: 0 })
  expect(readlinkSync(path.join(copy, 'latest'))).toBe(NAME)
})

test.each([
  ['study.yaml', /study\.yaml is not a folder\. Choose a new or empty folder\.\n$/],
  ['study.yaml/below', /study\.yaml\/below cannot be written: part of its path is not a directory\.\n$/],
  [
    '/proc/no-such-place/copy',
    /\/proc\/no-such-place\/copy cannot be written: its folder does not exist\.\n$/,
  ],
])('a copy to %s is refused in a sentence', async (target, sentence) => {
  const { code, stderr } = await run('artifacts', '-o', path.resolve(folder, target))
  expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)])
})
