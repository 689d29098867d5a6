import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JOURNAL_COUNTERS, type Journal, openJournal } from '../../src/execute/journal.ts'
import type { TimedMeasurement } from '../../src/trial.ts'

/** The two sides of one memory, as two threads have them. */
function openBoth(numWords: number): { writer: Journal; reader: Journal } {
  const counters = new Int32Array(new SharedArrayBuffer(4 * JOURNAL_COUNTERS))
  const words = new Float64Array(new SharedArrayBuffer(8 * numWords))
  return { writer: openJournal(counters, words), reader: openJournal(counters, words) }
}

const number = fc.double()
const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '$number'),
)
const measurement: fc.Arbitrary<TimedMeasurement> = fc.record({
  step: fc.integer({ min: 1 }),
  value: number,
  metrics: fc.dictionary(names, number, { maxKeys: 4, noNullPrototype: true }),
  seconds: number,
})

test('what is written is read, to the last bit and in order, however the two take turns', () => {
  const actions = fc.array(fc.oneof({ arbitrary: measurement, weight: 3 }, fc.constant('read' as const)))
  fc.assert(
    fc.property(actions, (each) => {
      const { writer, reader } = openBoth(150)
      const unread: TimedMeasurement[] = []
      for (const action of each) {
        if (action === 'read') {
          expect(reader.read()).toEqual(unread.splice(0))
        } else if (writer.write(action)) {
          unread.push(action)
        } else {
          // Refused for want of room, and nothing of it is there.
          expect(reader.read()).toEqual(unread.splice(0))
          if (writer.write(action)) unread.push(action)
        }
      }
      expect(reader.read()).toEqual(unread)
    }),
  )
})

test('a measurement larger than the journal is refused', () => {
  const { writer, reader } = openBoth(8)
  expect(writer.write({ step: 1, value: 1, metrics: { aLongName: 1 }, seconds: 0 })).toBe(false)
  expect(reader.read()).toEqual([])
})

test('negative zero, NaN and infinities come through', () => {
  const { writer, reader } = openBoth(100)
  const metrics = { a: -0, b: Number.NaN, c: Number.POSITIVE_INFINITY }
  writer.write({ step: 1, value: -0, metrics, seconds: 0.5 })
  expect(reader.read()).toStrictEqual([{ step: 1, value: -0, metrics, seconds: 0.5 }])
})

test('after a reset another trial begins, with names of its own', () => {
  const { writer, reader } = openBoth(100)
  writer.write({ step: 1, value: 1, metrics: { loss: 1 }, seconds: 0 })
  reader.reset()
  writer.reset()
  const next = { step: 1, value: 2, metrics: { accuracy: 1 }, seconds: 0 }
  writer.write(next)
  expect(reader.read()).toEqual([next])
})

test('after a reset all of its words are free, and none is left to read', () => {
  // Step, value and seconds of a measurement without metrics.
  const { writer, reader } = openBoth(3 * 4)
  const measured = [1, 2, 3, 4, 5].map((step) => ({ step, value: step, metrics: {}, seconds: 0 }))
  const write = (): boolean[] => measured.map((measurement) => writer.write(measurement))
  const fits = [true, true, true, true, false]
  expect(write()).toEqual(fits)
  expect(reader.read()).toHaveLength(4)
  expect(write()).toEqual(fits)
  for (const side of [reader, writer]) {
    side.reset()
    expect(reader.read()).toEqual([])
  }
  expect(write()).toEqual(fits)
  expect(reader.read()).toEqual(measured.slice(0, 4))
})

test('a journal holds exactly as many words as it has, names and their header included', () => {
  // -1, the header's length, `["a"]`, then step, value, seconds and one metric.
  const needed = 2 + 5 + 4
  const measurement = { step: 1, value: 2, metrics: { a: 3 }, seconds: 4 }
  expect(openBoth(needed - 1).writer.write(measurement)).toBe(false)
  const { writer, reader } = openBoth(needed)
  expect(writer.write(measurement)).toBe(true)
  expect(writer.write(measurement)).toBe(false)
  expect(reader.read()).toEqual([measurement])
  // The names are known now: two more measurements of four words fit.
  expect([1, 2, 3].map(() => writer.write(measurement))).toEqual([true, true, false])
  expect(reader.read()).toEqual([measurement, measurement])
})

test('names are written again where another one comes, one is missing, or their order is another', () => {
  const { writer, reader } = openBoth(300)
  const all = [{ a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, { b: 2 }, {}, { c: 3 }].map((metrics, i) => ({
    step: i + 1,
    value: 0,
    metrics,
    seconds: 0,
  }))
  for (const measurement of all) expect(writer.write(measurement)).toBe(true)
  expect(reader.read().map(({ metrics }) => Object.entries(metrics))).toEqual(
    all.map(({ metrics }) => Object.entries(metrics)),
  )
})
