import { expect, test } from 'vitest'
import { oneLine } from '../../src/report/text.ts'
import { describeValue, escapeControls, escapeControlsInLines, shorten } from '../../src/text/quote.ts'

const HOSTILE = 'a\u001b[31mb\u0007c\u202edc\u2066e\u009bf'

test('nothing that is quoted can act on a terminal, or show another text than it is', () => {
  expect(escapeControls(HOSTILE)).toBe('a\\u001b[31mb\\u0007c\\u202edc\\u2066e\\u009bf')
  expect(escapeControls('a\nb')).toBe('a\\u000ab')
  expect(escapeControlsInLines('a\tb\n\u001bc\n')).toBe('a\tb\n\\u001bc\n')
  expect(oneLine(HOSTILE)).toBe('a [31mb cdce f')
})

test('values are quoted short and on one line', () => {
  expect([3, 'a', true, Number.NaN, undefined, [1, 'b'], { a: 1 }, () => 1, 3n].map(describeValue)).toEqual([
    '3',
    '"a"',
    'true',
    '.nan',
    'nothing',
    '[1, "b"]',
    'a block of keys',
    'a function',
    '3n',
  ])
  expect(shorten('abcdef', 4)).toBe('abc…')
})
