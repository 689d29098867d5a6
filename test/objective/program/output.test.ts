import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { FolderError } from '../../../src/objective/folder-error.ts'
import { readLines } from '../../../src/objective/program/lines.ts'
import { openOutput } from '../../../src/objective/program/output.ts'

const base = mkdtempSync(path.join(tmpdir(), 'finesweep-output-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
const newFolder = (): string => mkdtempSync(path.join(base, 'trial-'))

test.skipIf(!existsSync('/dev/full'))('a full disk is no fault of the program', () => {
  const folder = newFolder()
  symlinkSync('/dev/full', path.join(folder, 'stdout.txt'))
  const output = openOutput(folder)
  expect(() => output.add(Buffer.from('x'))).toThrow(FolderError)
  expect(() => output.add(Buffer.from('x'))).toThrow(
    `The folder ${folder} cannot be written: the disk is full (ENOSPC)`,
  )
  output.close()
})

test('a folder that is gone is no fault of the program', () => {
  expect(() => openOutput(path.join(base, 'gone'))).toThrow(FolderError)
})

test('what a program prints is kept to the byte, also what is no UTF-8 or split within a character', async () => {
  const folder = newFolder()
  const output = openOutput(folder)
  const printed = Buffer.concat([Buffer.from('größer\n'), Buffer.of(0xff, 0xfe, 0x0a), Buffer.from('ende €')])
  async function* byteByByte() {
    for (const byte of printed) yield Buffer.of(byte)
  }
  const lines: string[] = []
  for await (const { text } of readLines(byteByByte(), (bytes) => output.add(bytes))) lines.push(text)
  output.close()
  expect(lines).toEqual(['größer', '\ufffd\ufffd', 'ende €'])
  expect(readFileSync(path.join(folder, 'stdout.txt'))).toEqual(printed)
})
