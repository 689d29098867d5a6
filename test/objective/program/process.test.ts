import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { readLines } from '../../../src/objective/program/lines.ts'
import { type Program, startProgram } from '../../../src/objective/program/process.ts'

const stderr = openSync(devNull, 'w')
afterAll(() => closeSync(stderr))
afterEach(() => void vi.useRealTimers())

const node = (script: string): Program =>
  startProgram([process.execPath, '-e', script], process.cwd(), process.env, stderr)

test('what a program wrote before its end is read whole, however late it is asked for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const program = node('for (let i = 0; i < 500; i++) console.log(i)')
  const lines = readLines(program.stdout, () => {})
  expect((await lines.next()).value?.text).toBe('0')
  expect(await program.ended).toBeNull()
  // As long as a trial may wait at a rung.
  await vi.advanceTimersByTimeAsync(60_000)
  const rest: string[] = []
  for await (const { text } of lines) rest.push(text)
  expect(rest).toEqual(Array.from({ length: 499 }, (_, i) => String(i + 1)))
})

test('output that something else holds open after a program has ended is not waited for', async () => {
  const program = node(
    `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'inherit', detached: true })
     child.unref()
     console.log(child.pid)`,
  )
  const lines: string[] = []
  for await (const { text } of readLines(program.stdout, () => {})) lines.push(text)
  expect(lines).toHaveLength(1)
  process.kill(Number(lines[0]), 'SIGKILL')
})
