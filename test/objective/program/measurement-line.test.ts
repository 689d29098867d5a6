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

test.each(['[1, 2]', '"value"', '{"loss": 1}', '{"value": 1', 'value: 1'])('%s is no measurement', (line) => {
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
  "{'value': 0.5}",
  '{"value": infinite}',
])('%s is ignored with a warning', (line) => {
  expect(read(line)).toEqual({
    measurement: null,
    warnings: [`a line of measurements must be one JSON object, got ${line}; it is ignored`],
  })
})

test.each(['{value: 1}', '{"loss": 1,5}', '{"value"}'])('%s is a line like any other', (line) => {
  expect(read(line)).toBeNull()
})
