import { expect, it } from 'vitest'
import { decodeStudy, encodeStudy } from '../../src/picture/page/page-data.ts'
import { rankedWithValue } from '../../src/picture/study.ts'
import { formatDuration } from '../../src/report/numbers.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { RATE, stage, study, trial } from './studies.ts'

const choices = (...list: (string | number | null)[]): Distribution => ({
  kind: 'categorical',
  choices: list,
  ordered: false,
})
const space = {
  parameters: { rate: RATE, kind: choices('a', null), size: choices(0.123456789, 0.987654321) },
  conditions: {},
  constraints: [],
}

/** A study as the script of a page has it. */
const inPage = (records: ReturnType<typeof study>, grows = false) =>
  decodeStudy(JSON.parse(JSON.stringify(encodeStudy(records, grows))))

it('a page keeps the choice null apart from a parameter that is not there, and choices to the last bit', () => {
  const trials = [
    trial(0, 1, { params: { rate: 0.5, kind: null, size: 0.123456789 } }),
    trial(1, 2, { params: { rate: 0.1234567, kind: 'a' } }),
    trial(2, 3, { params: { rate: 0.5, size: 0.987654321 } }),
  ]
  const page = inPage(study({ stages: [stage(0, { space })], trials }))
  expect(page.trials.map(({ params }) => params)).toEqual([
    { rate: 0.5, kind: null, size: 0.123456789 },
    // Of a range six digits are enough.
    { rate: 0.123457, kind: 'a' },
    { rate: 0.5, size: 0.987654321 },
  ])
})

it('a page ranks trials as the store does, also where values differ in the last digits', () => {
  const trials = [
    trial(0, 0.25050001, { tie: 1 }),
    trial(1, 0.25050003, { tie: 0.123456789 }),
    trial(2, 0.25050003, { tie: 0.123456788 }),
  ]
  const records = study({ trials })
  const ranks = (each: typeof records) => rankedWithValue(each).map(({ number }) => number)
  expect(ranks(records)).toEqual([2, 1, 0])
  expect(ranks(inPage(records))).toEqual([2, 1, 0])
  expect(inPage(records, true).trials).toEqual(trials)
})

it('a page shows how long short trials took as it did before its script ran', () => {
  const times = [0.0689, 0.94, 3.46, 1519.7, 65_000.4]
  const trials = times.map((durationMs, i) => trial(i, i, { durationMs }))
  expect(inPage(study({ trials })).trials.map(({ durationMs }) => formatDuration(durationMs))).toEqual(
    times.map(formatDuration),
  )
})
