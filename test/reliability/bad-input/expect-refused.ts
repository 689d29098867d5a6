import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'vitest'
import { start } from '../finesweep.ts'
import type { BadInput } from './bad-input.ts'

/** No refusal takes longer, on the slowest of machines. */
const LONGEST_MS = 60_000

/** What a message for people never holds: a stack, a class of errors, a path inside Node or this package. */
const OURS =
  /^\s+at |\bat \S+:\d+:\d+|Error\b|node:|node_modules|file:\/\/|\[object|\bundefined\b|ERR_[A-Z]|finesweep\/(src|dist)/m

/** Runs the command on the input in a new folder: it is refused with one message, and nothing is written anywhere. */
export async function expectRefused(input: BadInput, root: string): Promise<void> {
  const places = { folder: path.join(root, 'input'), db: path.join(root, 'results', 'studies.db') }
  const temporary = path.join(root, 'temporary')
  for (const folder of [places.folder, path.dirname(places.db), temporary])
    mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(input.files)) {
    const file = path.join(places.folder, name)
    mkdirSync(content === null ? file : path.dirname(file), { recursive: true })
    if (content !== null) writeFileSync(file, content)
  }
  const before = contentsOf(root)
  const args = input.args(places)
  const run = start(args, { TMPDIR: temporary }, root)
  const timer = setTimeout(() => run.child.kill('SIGKILL'), LONGEST_MS)
  const { code, signal, stdout, stderr } = await run.ended
  clearTimeout(timer)
  const context = `${input.what}\nfinesweep ${args.join(' ').slice(0, 500)}\n${stderr.slice(0, 3000)}`
  expect({ code, signal, stdout }, context).toEqual({ code: input.code, signal: null, stdout: '' })
  expectOneMessage(stderr, input, context)
  expect(contentsOf(root), context).toEqual(before)
}

/** Each mistake is one printable line that ends as a sentence does; a study's are counted in a last line. */
function expectOneMessage(stderr: string, { mistakes, says }: BadInput, context: string): void {
  const lines = stderr.split('\n')
  expect(lines.pop(), context).toBe('')
  if (mistakes !== null) {
    const count = mistakes === 'train' ? lines.length - 1 : mistakes
    expect(lines.pop(), context).toBe(`${count} ${count === 1 ? 'mistake' : 'mistakes'}; nothing was run.`)
    expect(lines, context).toHaveLength(count)
  } else expect(lines, context).toHaveLength(1)
  for (const line of lines) {
    expect(line.length, context).toBeGreaterThan(20)
    expect(line.length, context).toBeLessThan(1500)
    expect(stripVTControlCharacters(line), context).toBe(line)
    expect(line, context).toMatch(/^\P{Cc}*[.!?)"'”]$|^\P{Cc}*: finesweep [a-z ]*--help$/u)
    expect(line, context).not.toMatch(OURS)
  }
  for (const text of says) {
    if (typeof text === 'string') expect(stderr, context).toContain(text)
    else expect(stderr, context).toMatch(text)
  }
}

/** Every file below a folder with a hash of its bytes, every folder with null. */
function contentsOf(root: string): ReadonlyMap<string, string | null> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    names.map((name) => {
      const file = path.join(root, name)
      return [
        name,
        statSync(file).isDirectory() ? null : createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]
    }),
  )
}
