import { expect, test } from 'vitest'
import { readMeasurementLine } from '../../../src/objective/program/measurement-line.ts'

const read = (text: string) => readMeasurementLine({ text, afterReturn: false }, 0)

test('NaN within a text does not hide the measurement beside it', () => {
  expect(read('{"value": 0.5, "metrics": {"f1": NaN}, "note": "[NaN]"}')).toEqual({
    measurement: { step: 1, value: 0.5, metrics: { f1: Number.NaN } },
    warnings: [],
  })
})

test('a metric may have any name', () => {
  for (const line of ['{"value": 1, "metrics": {"__proto__": 2}}', '{"value": 1, "__proto__": 2}']) {
    expect(Object.entries(read(line)!.measurement!.metrics!)).toEqual([['__proto__', 2]])
  }
})

test.each(['[1, 2]', '"value"', '{"loss": 1}', 'value: 1'])('%s is no measurement', (line) => {
  expect(read(line)).toBeNull()
})

test.each([
  ['nan', Number.NaN],
  ['-nan', Number.NaN],
  ['inf', Infinity],
  ['+Inf', Infinity],
  ['-inf', -Infinity],
])('a value of %s, as other languages print it, is a value', (word, value) => {
  expect(read(`{"value": ${word}, "note": "nan"}`)).toMatchObject({ measurement: { value }, warnings: [] })
})

test.each([
  '{"value": 1,5}',
  '{"value": −1}',
  '{"value": 1} {"value": 2}',
  '{"value": 1',
  '{"value": 1},',
  '{"value": 1}\0',
  'INFO:root:{"value": 1}',
  "{'value': 0.5}",
  '{"value": infinite}',
])('%s is ignored with a warning', (line) => {
  expect(read(line)).toEqual({
    measurement: null,
    warnings: [`a line of measurements must be one JSON object, got ${line}; it is ignored`],
  })
})

test.each([
  '{value: 1}',
  '{"loss": 1,5}',
  '{"value"}',
  'options: {"value": "x"}',
  'seen {"value": 1} so far',
])('%s is a line like any other', (line) => {
  expect(read(line)).toBeNull()
})

test('a line that was too long is ignored with its size, the limit and the way out', () => {
  const line = { text: '{"value": 1, "points": [0, 0, 0', afterReturn: false, fullLength: 5_000_123 }
  expect(readMeasurementLine(line, 0)).toEqual({
    measurement: null,
    warnings: [
      `a measurement must fit in a line of 1,000,000 characters, got one of 5,000,123 that begins with {"value": 1, "points": [0, 0, 0; it is ignored (write large results to a file)`,
    ],
  })
  expect(readMeasurementLine({ ...line, text: 'iVBORw0KGgo{' }, 0)).toBeNull()
})

test('a byte order mark before the object does no harm', () => {
  expect(read('\ufeff{"value": 1}')).toMatchObject({ measurement: { value: 1 }, warnings: [] })
})

test('a name of a metric in another encoding than UTF-8 is kept with a warning', () => {
  expect(read('{"value": 1, "pr\ufffdcision": 0.5}')).toEqual({
    measurement: { step: 1, value: 1, metrics: { 'pr\ufffdcision': 0.5 } },
    warnings: ['names of metrics must be UTF-8, got "pr\ufffdcision"; they are kept with \ufffd'],
  })
})
