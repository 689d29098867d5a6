import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FolderError } from '../../src/objective/folder-error.ts'
import { folderBytes, packFolder, readPackedFolder } from '../../src/objective/folder-pack.ts'

const ARTIFACT = Uint8Array.of(1, 2, 3)

let root: string
let from: string
let to: string

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'finesweep-pack-'))
  from = path.join(root, 'from')
  to = path.join(root, 'to')
  mkdirSync(path.join(from, 'deep/er'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a folder comes out as it went in, with its bytes, links, modes and times, and the artifact', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i)
  writeFileSync(path.join(from, 'deep/er/модель.bin'), bytes)
  writeFileSync(path.join(from, 'run.sh'), '#!/bin/sh\n', { mode: 0o750 })
  writeFileSync(path.join(from, 'empty'), '')
  utimesSync(path.join(from, 'empty'), 1000, 1234.5)
  symlinkSync('../run.sh', path.join(from, 'deep/latest'))
  symlinkSync('nowhere', path.join(from, 'broken'))
  mkdirSync(to)
  writeFileSync(path.join(to, 'old'), 'of an earlier attempt')
  const packed = readPackedFolder(packFolder(from, ARTIFACT))!
  expect(packed.artifact).toEqual(ARTIFACT)
  packed.unpack(to)
  expect(new Uint8Array(readFileSync(path.join(to, 'deep/er/модель.bin')))).toEqual(bytes)
  expect(statSync(path.join(to, 'run.sh')).mode & 0o777).toBe(0o750)
  expect(statSync(path.join(to, 'empty'))).toMatchObject({ size: 0, mtimeMs: 1_234_500 })
  expect(readlinkSync(path.join(to, 'deep/latest'))).toBe('../run.sh')
  expect(readlinkSync(path.join(to, 'broken'))).toBe('nowhere')
  expect(existsSync(path.join(to, 'old'))).toBe(false)
})

test('what is no packed folder is none', () => {
  for (const bytes of [Uint8Array.of(), ARTIFACT, new Uint8Array(100)])
    expect(readPackedFolder(bytes)).toBeNull()
})

test.for([
  ['above the folder', 'aaaaaaa', '../away'],
  ['at an absolute path', 'aaaaaaa', '/tmp/aw'],
  ['behind a link', 'aaaaaaa', 'out/awy'],
] as const)('nothing is written %s', ([, own, other]) => {
  writeFileSync(path.join(from, own), 'x')
  symlinkSync(root, path.join(from, 'out'))
  const bytes = packFolder(from, ARTIFACT)
  const at = Buffer.from(bytes).indexOf(own)
  bytes.set(Buffer.from(other), at)
  expect(() => readPackedFolder(bytes)!.unpack(to)).toThrowError(
    `A trial's folder that came through the engine has a file outside it, ${other}`,
  )
  expect(existsSync(to)).toBe(false)
})

test.each([
  ['readFileSync', 'model', () => packFolder(from, ARTIFACT)],
  ['readdirSync', 'deep', () => folderBytes(from)],
] as const)('what the system does not let be read is named: %s', (name, what, access) => {
  const file = path.join(from, what)
  writeFileSync(path.join(from, 'model'), 'weights')
  vi.spyOn(fs, name).mockImplementation(() => {
    throw Object.assign(new Error('refused'), { code: 'EACCES', syscall: 'open', path: file })
  })
  // For those who have imported it by its name.
  syncBuiltinESMExports()
  try {
    expect(access).toThrow(FolderError)
    expect(access).toThrow(`${file} cannot be read: permission denied (EACCES)`)
  } finally {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  }
})
