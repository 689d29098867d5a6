import { expect, test } from 'vitest'
import { LONGEST_LINE, type OutputLine, readLines } from '../../../src/objective/program/lines.ts'

async function linesOf(...chunks: readonly string[]): Promise<OutputLine[]> {
  async function* stream() {
    for (const chunk of chunks) yield Buffer.from(chunk)
  }
  const lines: OutputLine[] = []
  for await (const line of readLines(stream(), () => {})) lines.push(line)
  return lines
}

const plain = (text: string): OutputLine => ({ text, afterReturn: false })

test('lines end with a line feed, a carriage return, both, or the stream', async () => {
  expect(await linesOf('a\r', '\nb\n\nc\r', 'd')).toEqual([
    plain('a'),
    plain('b'),
    plain(''),
    plain('c'),
    { text: 'd', afterReturn: true },
  ])
})

test.each([
  ['in one piece', (text: string) => [text]],
  ['in pieces', (text: string) => text.match(/[\s\S]{1,300000}/g)!],
])('a line is too long by its length alone: %s', async (_, cut) => {
  const fits = 'x'.repeat(LONGEST_LINE)
  expect(await linesOf(...cut(`${fits}\nnext`))).toEqual([plain(fits), plain('next')])
  const tooLong = { ...plain(fits.slice(0, 200)), fullLength: LONGEST_LINE + 1 }
  expect(await linesOf(...cut(`${fits}x\nnext`))).toEqual([tooLong, plain('next')])
  expect(await linesOf(...cut(`${fits}x`))).toEqual([tooLong])
})

test('a line that is too long ends with a carriage return at the end of a piece, too', async () => {
  const [first, second] = await linesOf(`${'x'.repeat(2 * LONGEST_LINE)}\r`, 'next')
  expect(first?.fullLength).toBe(2 * LONGEST_LINE)
  expect(second).toEqual({ text: 'next', afterReturn: true })
})
