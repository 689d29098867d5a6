import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeError, UserErrors } from '../../src/errors.ts'
import { readExperiment } from '../../src/study-file/read-experiment.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-'))
  mkdirSync(join(folder, 'empty'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, contents: string | Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, contents)
  return file
}

function sentence(file: string): string {
  try {
    readExperiment(file)
  } catch (error) {
    if (error instanceof UserErrors && error.code === 'usage')
      return describeError(error).replaceAll(folder, '')
    throw error
  }
  throw new Error('this file was read')
}

test('a study file is read, with or without a byte order mark', () => {
  expect(readExperiment(write('mine.yaml', 'seed: 3')).seed).toBe(3)
  expect(readExperiment(write('my studies (1).yaml', '\uFEFFseed: 3')).name).toBe('my studies -1-')
})

test('a missing file is named with the one that was meant', () => {
  write('mine.yaml', 'seed: 3')
  expect(sentence(join(folder, 'mien.yaml'))).toBe(
    '/mien.yaml  There is no such file. Did you mean /mine.yaml?',
  )
  expect(sentence(join(folder, 'empty/other.yaml'))).toBe(
    '/empty/other.yaml  There is no such file. Pass the path of a study file.',
  )
  expect(sentence(join(folder, 'nowhere/other.yaml'))).toContain('There is no such file.')
  expect(sentence(join(folder, 'mine.yaml/other.yaml'))).toContain('There is no such file.')
})

test('a folder is no study file', () => {
  expect(sentence(join(folder, 'empty'))).toBe('/empty  This is a folder; expected a study file.')
})

test('a large file is refused before it is read', () => {
  expect(sentence(write('large.yaml', Buffer.alloc(10_000_000, 'a: b\n')))).toContain(
    'A study file may be at most 256 kB; this one is 10 MB.',
  )
})

test('a file that is no UTF-8 is refused with the line', () => {
  const latin1 = Buffer.from('name: a\n# caf\u00e9\n', 'latin1')
  expect(sentence(write('latin1.yaml', latin1))).toBe(
    '/latin1.yaml:2:1  This is not UTF-8 text. Save the file as UTF-8. Is this a study file?',
  )
  expect(sentence(write('utf16.yaml', Buffer.from('\uFEFFname: a', 'utf16le')))).toContain(
    'This is not UTF-8 text.',
  )
})

test('files that the study names must be there', () => {
  expect(sentence(write('data.yaml', 'data: { source: csv, path: nowhere.csv }'))).toBe(
    '/data.yaml:1:28  There is no file or folder /nowhere.csv. Paths are relative to the folder of the study file.',
  )
})
