import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  displayWidth,
  oneLine,
  paint,
  type Span,
  truncate,
  truncateSpans,
  wrap,
  wrapSpans,
} from '../../src/report/text.ts'

const spans = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map(oneLine),
    fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 12 }).map(oneLine),
      tone: fc.constantFrom('good', 'bad', 'warning', 'dim', 'strong'),
    }),
  ),
  { maxLength: 6 },
) as fc.Arbitrary<Span[]>

describe('text for terminals', () => {
  it('counts the columns of wide, combining and plain characters', () => {
    expect(displayWidth('abc')).toBe(3)
    expect(displayWidth('名前')).toBe(4)
    expect(displayWidth('é')).toBe(1)
  })

  it('cuts a text to its width and says so', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef')
    expect(truncate('abcdefg', 6)).toBe('abcde…')
    expect(truncate('名前の', 4)).toBe('名…')
    expect(truncate('abc', 0)).toBe('')
  })

  it('never lets a cut line be wider than the window', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 40 }), (line, width) => {
        expect(displayWidth(paint(truncateSpans(line, width), false))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('says the same with colours and without', () => {
    fc.assert(
      fc.property(spans, (line) => {
        const plain = paint(line, false)
        fc.pre(plain === stripVTControlCharacters(plain))
        expect(stripVTControlCharacters(paint(line, true))).toBe(plain)
      }),
    )
  })

  it('makes one line of anything, and leaves no control character in it', () => {
    expect(oneLine('a\tb\r\nc\x1b[31md')).toBe('a b c [31md')
  })

  it('breaks lines at spaces and loses no word', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four'])
    const text = 'the best trials look like the whole range'
    for (let width = 1; width < 60; width++) {
      const lines = wrapSpans([text.slice(0, 12), { text: text.slice(12), tone: 'bad' }], width)
      const plain = lines.map((line) => paint(line, false))
      expect(plain.map((line) => line.trimEnd()).join(' ')).toBe(text)
      for (const line of plain)
        expect(line.trimEnd().length <= width || !line.trimEnd().includes(' ')).toBe(true)
    }
  })
})
