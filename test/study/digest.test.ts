import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeJson } from '../../src/store/exact-json.ts'
import type { StudyReader, TrialResult } from '../../src/store/store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { isFinished, type TimedMeasurement, type TrialRecord } from '../../src/trial.ts'

interface Stored {
  readonly trial: TrialRecord
  readonly measurements: readonly TimedMeasurement[]
}

const MEASUREMENT: TimedMeasurement = { step: 1, value: 0.5, metrics: { a: 0.1, b: -0 }, seconds: 1 }

const TRIAL: TrialRecord = {
  number: 0,
  stage: 0,
  params: { learningRate: 0.1, kind: 'adam', on: true },
  seed: 7,
  budget: { epochs: 1 },
  continues: null,
  state: 'complete',
  value: 0.5,
  epochs: 1,
  metrics: { a: 0.1, b: -0 },
  error: null,
  attempts: 1,
  arithmetic: 'fma',
  host: 'here',
  tie: null,
  slot: null,
  origin: null,
  startedAt: 1,
  durationMs: 2,
}

function digestOf(stored: readonly Stored[]): string {
  const reader = {
    *results(): Generator<TrialResult> {
      for (const { trial, measurements } of stored) {
        if (!isFinished(trial)) continue
        const { params, budget, ...facts } = trial
        yield {
          ...facts,
          params: encodeJson(params),
          epochs: budget.epochs,
          measurements: measurements.map((one) => ({ ...one, metrics: encodeJson(one.metrics) })),
        }
      }
    },
  }
  return studyDigest(reader as unknown as StudyReader, 1)
}

function trial(
  changes: Partial<TrialRecord> = {},
  measurements: readonly TimedMeasurement[] = [MEASUREMENT],
): Stored {
  return { trial: { ...TRIAL, ...changes }, measurements }
}

describe('a digest', () => {
  it('stays what it was in earlier releases', () => {
    const golden = 'b6823d14ca31ffb8c22339b3eedd27877f696acf24a624ab82e780a2dcd43f67'
    expect(digestOf([trial(), trial({ number: 1, state: 'diverged', value: null }, [])])).toBe(golden)
  })

  it('does not depend on when, where, how fast and after how many attempts', () => {
    const elsewhere = trial(
      { attempts: 3, arithmetic: 'muladd', host: 'there', startedAt: 9, durationMs: 8 },
      [{ ...MEASUREMENT, seconds: 99 }],
    )
    expect(digestOf([elsewhere])).toBe(digestOf([trial()]))
  })

  it('does not depend on the order of keys, nor on trials that have not finished', () => {
    const turned = trial({ params: { on: true, kind: 'adam', learningRate: 0.1 } }, [
      { ...MEASUREMENT, metrics: { b: -0, a: 0.1 } },
    ])
    const running = trial({ number: 1, state: 'running', value: null })
    expect(digestOf([turned, running])).toBe(digestOf([trial()]))
  })

  it('sees the last bit of everything that is a result', () => {
    const next = 0.1 + 2 ** -56
    expect(next).not.toBe(0.1)
    const changed: readonly Stored[] = [
      trial({ number: 1 }),
      trial({ stage: 1 }),
      trial({ seed: 8 }),
      trial({ budget: { epochs: 2 } }),
      trial({ continues: 0 }),
      trial({ state: 'pruned' }),
      trial({ value: 0.5 + 2 ** -53 }),
      trial({ value: null }),
      trial({ params: { ...TRIAL.params, learningRate: next } }),
      trial({ params: { ...TRIAL.params, on: 'true' } }),
      trial({}, []),
      trial({}, [MEASUREMENT, { ...MEASUREMENT, step: 2 }]),
      trial({}, [{ ...MEASUREMENT, metrics: { a: next, b: -0 } }]),
      trial({}, [{ ...MEASUREMENT, metrics: { a: 0.1, b: 0 } }]),
      trial({}, [{ ...MEASUREMENT, value: Number.NaN }]),
      trial({}, [{ ...MEASUREMENT, value: Number.POSITIVE_INFINITY }]),
    ]
    const digests = new Set([trial(), ...changed].map((one) => digestOf([one])))
    expect(digests.size).toBe(changed.length + 1)
  })

  it('counts of a failed trial what it was given alone', () => {
    const failed = (measurements: readonly TimedMeasurement[]) =>
      trial({ state: 'failed', value: null }, measurements)
    expect(digestOf([failed([])])).toBe(digestOf([failed([MEASUREMENT])]))
  })

  it('is the SHA-256 of a line for each trial, in a form that others can write', () => {
    const lines = Array.from(
      { length: 9000 },
      (_, number) =>
        `[${number},0,{"kind":"adam","learningRate":0.1,"on":true},7,1,null,"complete",0.5,[[1,0.5,{"a":0.1,"b":n:-0}]]]\n`,
    )
    const many = lines.map((_, number) => trial({ number }))
    const text = `finesweep digest 1\n${lines.join('')}`
    expect(digestOf(many)).toBe(createHash('sha256').update(text).digest('hex'))
  })

  it.each([
    ['no metrics', {}, '{}'],
    ['one metric', { 'valid.loss-2': 1.5 }, '{"valid.loss-2":1.5}'],
    [
      'plain metrics, one name the beginning of another',
      { ab: 1, a: -2e-7, a1: 3 },
      '{"a":-2e-7,"a1":3,"ab":1}',
    ],
    ['a name that is not plain', { 'b "c"': 1, a: 2 }, '{"a":2,"b \\"c\\"":1}'],
    [
      'numbers that JSON has not',
      { d: 0, c: Number.NaN, b: Number.POSITIVE_INFINITY, a: Number.NEGATIVE_INFINITY },
      '{"a":n:-Infinity,"b":n:Infinity,"c":n:NaN,"d":0}',
    ],
  ])('writes %s in order of their names', (_, metrics, form) => {
    const measured = [MEASUREMENT, { ...MEASUREMENT, step: 3, value: -0.25, metrics }]
    const text = `finesweep digest 1\n[2,1,{"x":{"y":[1,null]}},7,3,1,"pruned",null,[[1,0.5,{"a":0.1,"b":n:-0}],[3,-0.25,${form}]]]\n`
    const params = { x: { y: [1, null] } } as unknown as TrialRecord['params']
    const changes = {
      number: 2,
      stage: 1,
      params,
      budget: { epochs: 3 },
      continues: 1,
      state: 'pruned',
    } as const
    expect(digestOf([trial({ ...changes, value: null }, measured)])).toBe(
      createHash('sha256').update(text).digest('hex'),
    )
  })
})
