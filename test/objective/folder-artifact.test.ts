import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesIn } from '../../src/objective/folder-artifact.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-folder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  mkdirSync(path.join(folder, 'ckpt-3'))
  writeFileSync(path.join(folder, 'ckpt-3/model'), 'weights')
  writeFileSync(path.join(folder, 'log'), '')
  symlinkSync('ckpt-3', path.join(folder, 'latest'))
  symlinkSync('.', path.join(folder, 'a'))
  symlinkSync('.', path.join(folder, 'b'))
  symlinkSync('gone', path.join(folder, 'broken'))
})

test('a link is listed as what it is and not followed: each file counts once, and circles end', () => {
  expect(filesIn(folder)).toEqual([
    { path: 'a', bytes: 1, link: '.' },
    { path: 'b', bytes: 1, link: '.' },
    { path: 'broken', bytes: 4, link: 'gone' },
    { path: 'ckpt-3/model', bytes: 7 },
    { path: 'latest', bytes: 6, link: 'ckpt-3' },
    { path: 'log', bytes: 0 },
  ])
})

test('a file in place of a folder has no files', () => {
  const file = path.join(folder, 'replaced')
  writeFileSync(file, 'text')
  expect(filesIn(file)).toEqual([])
  rmSync(file)
})

test('a folder that is not there has no files', () => {
  expect(filesIn(path.join(folder, 'nowhere'))).toEqual([])
})
