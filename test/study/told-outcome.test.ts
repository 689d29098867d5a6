import { expect, test } from 'vitest'
import { type Told, toldOutcome } from '../../src/study/told-outcome.ts'
import type { TrialRecord } from '../../src/trial.ts'

/** What is recorded for a trial that began at 1,000 ms and is measured at step 5, at 3,000 ms. */
function told(what: Told, startedAt: number | null = 1_000) {
  return toldOutcome(what, { startedAt } as TrialRecord, 3_000, 5)
}

test('a value alone is measured at the given step, and took as long as the trial was pending', () => {
  const { state, measurements, durationMs, error } = told(0.5)
  expect({ state, durationMs, error }).toEqual({ state: 'complete', durationMs: 2_000, error: null })
  expect(measurements).toEqual([{ step: 5, value: 0.5, metrics: {}, seconds: 2 }])
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%s is a divergence and no measurement',
  (value) => {
    const { state, measurements, error } = told(value)
    expect({ state, measurements, code: error?.code }).toEqual({
      state: 'diverged',
      measurements: [],
      code: 'diverged',
    })
    const after = told([
      { step: 1, value: 3 },
      { step: 2, value },
      { step: 3, value: 1 },
    ])
    expect(after.state).toBe('diverged')
    expect(after.measurements.map((measurement) => measurement.value)).toEqual([3])
    expect(after.error?.message).toBe(`The value became ${value} at step 2`)
  },
)

test('nothing told is a failure, and so is "failed"; "again" is a stop', () => {
  expect(told([])).toMatchObject({
    state: 'failed',
    error: { code: 'bad-measurement', message: 'No measurement was reported', stack: null },
  })
  expect(told('failed')).toMatchObject({
    state: 'failed',
    measurements: [],
    error: { code: 'told', message: 'It was reported as failed', stack: null },
  })
  expect(told('again')).toMatchObject({ state: 'stopped', measurements: [], error: null })
})

test('steps must increase', () => {
  const measured = [
    { step: 2, value: 1 },
    { step: 2, value: 1 },
  ]
  expect(() => told(measured)).toThrow('steps must increase')
})

test('a trial whose start is not known, or lies ahead of the clock, took no time', () => {
  expect(told(0.5, null)).toMatchObject({ startedAt: 3_000, durationMs: 0 })
  expect(told(0.5, 3_500)).toMatchObject({ startedAt: 3_500, durationMs: 0 })
  expect(told(0.5, 3_500).measurements[0]?.seconds).toBe(0)
})

test('all measurements of a trial are taken, from step 1 on, and it has neither a slot nor an artifact', () => {
  const outcome = told([
    { step: 1, value: 3 },
    { step: 4, value: 2, metrics: { loss: 7 } },
  ])
  expect(outcome).toEqual({
    state: 'complete',
    measurements: [
      { step: 1, value: 3, metrics: {}, seconds: 2 },
      { step: 4, value: 2, metrics: { loss: 7 }, seconds: 2 },
    ],
    error: null,
    artifact: null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 1_000,
    durationMs: 2_000,
  })
})
