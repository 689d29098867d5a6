import { expect, test } from 'vitest'
import type { StudyReader } from '../../src/store/store.ts'
import { streamMeasuredTrials, streamTrials } from '../../src/study/trial-stream.ts'

/** A reader whose trials and measurements are of two moments of a running study. */
function reader(trials: readonly number[], measured: readonly number[]): StudyReader {
  return {
    trials: (_: number, { from = 0, limit = Infinity }) =>
      trials
        .filter((number) => number >= from)
        .slice(0, limit)
        .map((number) => ({ number })),
    *allMeasurements() {
      for (const trial of measured) yield { trial, measurements: [{ step: 1, value: trial }] }
    },
  } as unknown as StudyReader
}

test('each trial comes with its own measurements, or with none', () => {
  const all = (trials: number[], measured: number[]) =>
    [...streamMeasuredTrials(reader(trials, measured), 1)].map(({ trial, measurements }) => [
      trial.number,
      measurements.map(({ value }) => value),
    ])
  expect(all([0, 1, 2], [0, 1, 2])).toEqual([
    [0, [0]],
    [1, [1]],
    [2, [2]],
  ])
  expect(all([0, 1, 2, 3], [0, 2])).toEqual([
    [0, [0]],
    [1, []],
    [2, [2]],
    [3, []],
  ])
  expect(all([1, 3], [0, 1, 2, 3])).toEqual([
    [1, [1]],
    [3, [3]],
  ])
})

test('a study of any length is read to its end, each trial once, whether or not its numbers have gaps', () => {
  for (const gap of [1, 3]) {
    const numbers = Array.from({ length: 9000 }, (_, number) => gap * number)
    expect([...streamTrials(reader(numbers, []), 1)].map(({ number }) => number)).toEqual(numbers)
  }
})

test('a study without measurements, and one without trials, are read too', () => {
  expect([...streamMeasuredTrials(reader([0, 1], []), 1)].map(({ measurements }) => measurements)).toEqual([
    [],
    [],
  ])
  expect([...streamMeasuredTrials(reader([], [0]), 1)]).toEqual([])
})
