import { describe, expect, it } from 'vitest'
import { checkSteps, finishedTrial, startedTrial } from '../../src/store/trial-life.ts'
import { outcome, spec } from '../../src/testing/store/records.ts'
import { ALL_STATES, type TimedMeasurement, type TrialOutcome } from '../../src/trial.ts'

const PLACE = { host: 'a-host', slot: 2 }
const begin = () => startedTrial(undefined, spec(7), PLACE, 5000)

describe('a trial that begins', () => {
  it('is the first attempt if nothing is known of it, and has no results', () => {
    expect(begin()).toEqual({
      ...spec(7),
      state: 'running',
      value: null,
      tie: null,
      epochs: 0,
      metrics: {},
      error: null,
      attempts: 1,
      arithmetic: null,
      host: 'a-host',
      slot: 2,
      origin: null,
      startedAt: 5000,
      durationMs: null,
    })
  })

  it('is one attempt more than before', () => {
    expect(startedTrial({ state: 'failed', attempts: 3 }, spec(7), PLACE, 0).attempts).toBe(4)
    expect(startedTrial({ state: 'waiting', attempts: 0 }, spec(7), PLACE, 0).attempts).toBe(1)
  })

  it('may have waited, run or failed before, and never ended for good', () => {
    const again = ALL_STATES.filter((state) => {
      try {
        startedTrial({ state, attempts: 1 }, spec(7), PLACE, 0)
        return true
      } catch (error) {
        expect((error as Error).message).toBe(`Trial 7 is ${state}: it can't be started again.`)
        return false
      }
    })
    expect(again).toEqual(['waiting', 'running', 'failed'])
  })
})

describe('a trial that ends', () => {
  const end = (changes: Partial<TrialOutcome>, tie: Parameters<typeof finishedTrial>[2] = null) =>
    finishedTrial(begin(), outcome(0.5, changes), tie)
  const measure = (...steps: Partial<TimedMeasurement>[]): TimedMeasurement[] =>
    steps.map((each, index) => ({ step: index + 1, value: 0.5, metrics: {}, seconds: index, ...each }))

  it('has the value and the metrics of its last measurement', () => {
    expect(end({})).toEqual({
      ...begin(),
      state: 'complete',
      value: 0.5,
      epochs: 3,
      metrics: { trainLoss: 1 / 3, learningRate: 0.001 },
      arithmetic: 'fma',
      startedAt: 1_700_000_000_000,
      durationMs: 750.5,
    })
  })

  it('keeps its place, unless its outcome names another', () => {
    expect(end({})).toMatchObject({ host: 'a-host', slot: 2 })
    expect(end({ host: 'b-host', slot: 0 })).toMatchObject({ host: 'b-host', slot: 0 })
  })

  it.each([
    ['complete', 0.5, 0.25],
    ['pruned', 0.5, 0.25],
    ['diverged', null, null],
    ['failed', null, null],
  ] as const)('has a value and a tie only if its state ranks: %s', (state, value, tie) => {
    const measurements = measure({ metrics: { loss: 0.25 } })
    const tieMetric = { metric: 'loss', direction: 'minimize' } as const
    expect(end({ state, measurements }, tieMetric)).toMatchObject({ state, value, tie, epochs: 1 })
    expect(end({ state, measurements })).toMatchObject({ state, value, tie: null })
  })

  it('has neither if it measured nothing, or no number at the end', () => {
    const tieMetric = { metric: 'loss', direction: 'minimize' } as const
    expect(end({ measurements: [] }, tieMetric)).toMatchObject({
      value: null,
      tie: null,
      epochs: 0,
      metrics: {},
    })
    const measurements = measure({}, { value: Number.NaN, metrics: { loss: 1 } })
    expect(end({ measurements }, tieMetric)).toMatchObject({ value: null, tie: null, epochs: 2 })
  })

  it('has a tie that is lower where it is better; none without the metric', () => {
    const measurements = measure({ metrics: { up: 2, zero: 0, none: Number.NaN } })
    const tieBy = (metric: string, direction: 'minimize' | 'maximize') =>
      end({ measurements }, { metric, direction }).tie
    expect([tieBy('up', 'minimize'), tieBy('up', 'maximize')]).toEqual([2, -2])
    expect([tieBy('zero', 'minimize'), tieBy('zero', 'maximize')]).toEqual([0, 0])
    expect([tieBy('none', 'minimize'), tieBy('other', 'minimize')]).toEqual([null, null])
  })

  it('has the metrics of the step that it calls its best; of the last if there is no such step', () => {
    const ofBest = (bestEpoch: number) =>
      end({
        measurements: measure({ metrics: { a: 1 } }, { metrics: { a: 2 } }, { metrics: { a: 3, bestEpoch } }),
      }).metrics.a
    expect([1, 2, 3, 4].map(ofBest)).toEqual([1, 2, 3, 3])
  })

  it('waits again if it was stopped, without a place or results', () => {
    expect(end({ state: 'stopped' })).toEqual({
      ...begin(),
      state: 'waiting',
      host: null,
      slot: null,
      startedAt: null,
    })
  })
})

describe('the steps of measurements', () => {
  const steps = (...given: number[]) => given.map((step) => ({ step, value: 0, metrics: {}, seconds: 0 }))

  it('rise, with gaps or without', () => {
    for (const given of [[], [0], [1, 2, 3], [5, 100], [-2, 0]]) checkSteps(7, steps(...given))
  })

  it.each([
    [[1, 2, 2], 'got 2 after 2'],
    [[3, 2], 'got 2 after 3'],
    [[1, 1.5], 'got 1.5 after 1'],
    [[Number.NaN], 'got NaN after -Infinity'],
    [[2 ** 53], 'got 9007199254740992 after -Infinity'],
  ])('are refused otherwise: %j', (given, told) => {
    expect(() => checkSteps(7, steps(...given))).toThrow(
      `Trial 7: steps must be increasing whole numbers, ${told}.`,
    )
  })
})
