import { expect, test } from 'vitest'
import { parsePythonJson } from '../../src/text/python-json.ts'

test.each([
  ['{"a": 1, "b": [true, null]}', { a: 1, b: [true, null] }],
  ['[NaN, Infinity, -Infinity]', [Number.NaN, Infinity, -Infinity]],
  ['{"f1": NaN, "note": "[NaN], {-Infinity}"}', { f1: Number.NaN, note: '[NaN], {-Infinity}' }],
  ['{"note": "a \\" [NaN]", "f1":NaN}', { note: 'a " [NaN]', f1: Number.NaN }],
  ['{"note": "non-finite:NaN", "f1": NaN}', { note: 'non-finite:NaN', f1: Number.NaN }],
  ['[-nan, inf, -Inf, "nan"]', [Number.NaN, Infinity, -Infinity, 'nan']],
  ['{"Infinity": 1, "x": Infinity}', { Infinity: 1, x: Infinity }],
])('%s is read, and its strings stay as they are', (text, value) => {
  expect(parsePythonJson(text)).toEqual(value)
})

test.each(['', '{"a": NaN', '{"a": NaNNaN}', '{"a": 1NaN}', "{'a': NaN}", '"[NaN]'])('%j is none', (text) => {
  expect(parsePythonJson(text)).toBeUndefined()
})

test('a long text is read', () => {
  const note = '\\"x'.repeat(300_000)
  expect(parsePythonJson(`{"value": NaN, "note": "${note}"}`)).toMatchObject({ value: Number.NaN })
})
