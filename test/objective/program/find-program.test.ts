import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkProgram } from '../../../src/objective/program/find-program.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-programs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Looks at a script of that text, by its path and in PATH. */
function check(text: string): void {
  const script = path.join(folder, 'train')
  writeFileSync(script, text)
  chmodSync(script, 0o755)
  checkProgram('./train', folder, process.env.PATH)
  checkProgram('train', folder, `${folder}:${process.env.PATH}`)
}

test.skipIf(process.platform === 'win32').each([
  ['#!/no/such/interp\n', '"/no/such/interp", which does not exist'],
  ['#! /no/such/interp -u\necho', '"/no/such/interp", which does not exist'],
  ['#!/bin/sh\r\necho\r\n', '"/bin/sh\\r", which does not exist'],
  ['#!/usr/bin/env no-such-interp\n', '"no-such-interp", which does not exist'],
  ['#!/usr/bin/env sh\r\n', '"sh\\r", which does not exist'],
])('a script that begins with %j is refused with its interpreter', (text, says) => {
  expect(() => check(text)).toThrow(
    `command: the first line of ${folder}/train names the interpreter ${says}`,
  )
})

test.skipIf(process.platform === 'win32')(
  'the way out is to install the interpreter, or to remove carriage returns',
  () => {
    expect(() => check('#!/no/such/interp\n')).toThrow(
      expect.objectContaining({ hint: 'Install it, or correct the line that begins with #!.' }),
    )
    expect(() => check('#!/bin/sh\r\n')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('carriage returns (\\r)') }),
    )
  },
)

test
  .skipIf(process.platform === 'win32')
  .each([
    '#!/bin/sh\n',
    '#! /bin/sh -e\n',
    '#!/usr/bin/env sh\n',
    '#!/usr/bin/env -S sh -e\n',
    'echo a script without such a line\n',
    '',
  ])('a script that begins with %j may run', (text) => {
  expect(() => check(text)).not.toThrow()
})
