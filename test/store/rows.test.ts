import { describe, expect, it } from 'vitest'
import { checksumOf } from '../../src/store/checksum.ts'
import {
  checkRow,
  checksumOfMeasurements,
  isIntact,
  STAGE_COLUMNS,
  STUDY_COLUMNS,
  sealed,
  TRIAL_COLUMNS,
  toMeasurement,
  toMeasurementCells,
  toNewStudyCells,
  toStageCells,
  toStageRecord,
  toStudyRecord,
  toTrialCells,
  toTrialRecord,
} from '../../src/store/rows.ts'
import { newStudy, spec, stage } from '../../src/testing/store/records.ts'

/** The cells by the names of their columns. */
const named = (columns: string, cells: readonly unknown[]): Record<string, unknown> => {
  const names = columns.split(', ')
  expect(cells).toHaveLength(names.length)
  return Object.fromEntries(names.map((name, index) => [name, cells[index]]))
}

/** The cells of a row in the order of its columns, without a checksum. */
const row = <Row>(columns: string, cells: Readonly<Record<string, unknown>>): Row =>
  columns.split(', ').map((name) => (name === 'checksum' ? null : cells[name])) as Row

describe('the row of a study', () => {
  const cells = {
    id: 3,
    name: 'quickstart',
    seed: 42,
    direction: 'minimize',
    metric: 'loss',
    lag: 8,
    experiment: '{"a":{"$number":"-0"}}',
    data_hash: 'd',
    objective_hash: 'o',
    space_hash: 's',
    code_version: '0.1.0',
    state: 'stopped',
    end_reason: 'time limit',
    created_at: 1000,
    finished_at: 2000,
    notes: '["one","two"]',
    tie: '{"metric":"size","direction":"maximize"}',
    origin: 'optuna',
    comment: 'good',
    tags: '["tag"]',
  }

  it('is read column by column', () => {
    expect(toStudyRecord(row(STUDY_COLUMNS, cells))).toEqual({
      id: 3,
      name: 'quickstart',
      seed: 42,
      direction: 'minimize',
      metric: 'loss',
      lag: 8,
      experiment: { a: -0 },
      fingerprints: { data: 'd', objective: 'o', space: 's' },
      codeVersion: '0.1.0',
      state: 'stopped',
      endReason: 'time limit',
      createdAt: 1000,
      finishedAt: 2000,
      notes: ['one', 'two'],
      tieMetric: { metric: 'size', direction: 'maximize' },
      origin: 'optuna',
      comment: 'good',
      tags: ['tag'],
    })
    const empty = { ...cells, data_hash: null, end_reason: null, finished_at: null, tie: null }
    expect(toStudyRecord(row(STUDY_COLUMNS, { ...empty, origin: null, comment: null }))).toMatchObject({
      fingerprints: { data: null },
      endReason: null,
      finishedAt: null,
      tieMetric: null,
      origin: null,
      comment: null,
    })
  })

  it('of a new one is running, without an end, notes or tags', () => {
    const columns = STUDY_COLUMNS.replace('id, ', '').replace(', checksum', '')
    const tieMetric = { metric: 'size', direction: 'maximize' } as const
    const given = newStudy({ experiment: { a: -0 }, tieMetric, origin: 'optuna' })
    expect(named(columns, toNewStudyCells(given, 1000))).toEqual({
      name: 'quickstart',
      seed: 42,
      direction: 'maximize',
      metric: 'validAccuracy',
      lag: 8,
      experiment: '{"a":{"$number":"-0"}}',
      data_hash: 'd'.repeat(64),
      objective_hash: 'o'.repeat(64),
      space_hash: 's'.repeat(64),
      code_version: '0.1.0',
      state: 'running',
      end_reason: null,
      created_at: 1000,
      finished_at: null,
      notes: '[]',
      tie: '{"metric":"size","direction":"maximize"}',
      origin: 'optuna',
      comment: null,
      tags: '[]',
    })
    expect(named(columns, toNewStudyCells(newStudy({ experiment: undefined }), 0))).toMatchObject({
      experiment: 'null',
      tie: null,
      origin: null,
    })
  })

  it('that is damaged is named', () => {
    const damaged = [...row<never[]>(STUDY_COLUMNS, cells).slice(0, -1), 1] as never
    expect(() => toStudyRecord(damaged)).toThrow(
      'the record of study "quickstart" does not match its checksum',
    )
  })
})

describe('the row of a stage', () => {
  it('is read as it was written, with the rungs and the decision or without', () => {
    const narrowing = {
      trials: 4,
      diverged: 0,
      failed: 0,
      elite: [1],
      keep: 0.2,
      margin: 0.1,
      rootShare: 0.1,
    }
    for (const changes of [
      {},
      { index: 1, name: 'fine', trials: 9, epochs: 7, sampler: 'tpe', firstTrial: 64 },
      { rungs: { at: [1, 2], reduce: 3 }, narrowing: { ...narrowing, parameters: [] } },
    ]) {
      const given = stage(changes)
      const cells = toStageCells(5, given)
      expect(toStageRecord(5, cells as never)).toEqual(given)
      expect(() => toStageRecord(6, cells as never)).toThrow(
        `the record of stage ${given.index + 1} does not match its checksum`,
      )
    }
    expect(named(STAGE_COLUMNS, toStageCells(5, stage()))).toMatchObject({
      stage: 0,
      name: 'coarse',
      trials: 64,
      epochs: 1,
      sampler: 'random',
      first_trial: 0,
      narrowing: null,
      rungs: null,
    })
  })
})

describe('the row of a trial', () => {
  const cells = {
    number: 7,
    stage: 1,
    state: 'failed',
    value: 0.5,
    tie: -2,
    params: '{"lr":{"$number":"-0"}}',
    seed: 1007,
    budget_epochs: 9,
    continues: 3,
    epochs: 4,
    metrics: '{"loss":{"$number":"NaN"}}',
    error_code: 'threw',
    error_message: 'it threw',
    error_stack: 'at x',
    attempts: 2,
    arithmetic: 'fma',
    host: 'a-host',
    slot: 5,
    origin: 'csv',
    started_at: 1000,
    duration_ms: 20,
    measured: null,
  }
  const record = {
    ...spec(7, { stage: 1, params: { lr: -0 }, budget: { epochs: 9 }, continues: 3 }),
    state: 'failed' as const,
    value: 0.5,
    tie: -2,
    epochs: 4,
    metrics: { loss: Number.NaN },
    error: { code: 'threw', message: 'it threw', stack: 'at x' },
    attempts: 2,
    arithmetic: 'fma',
    host: 'a-host',
    slot: 5,
    origin: 'csv',
    startedAt: 1000,
    durationMs: 20,
  }

  it('is read and written column by column', () => {
    expect(toTrialRecord(row(TRIAL_COLUMNS, cells))).toEqual(record)
    const written = named(TRIAL_COLUMNS, toTrialCells(2, record as never, 99))
    expect(written).toEqual({ ...cells, measured: 99, checksum: written.checksum })
  })

  it('has no error without a code, and an empty message where that is missing', () => {
    const errorOf = (changes: object) => toTrialRecord(row(TRIAL_COLUMNS, { ...cells, ...changes })).error
    expect(errorOf({ error_code: null })).toBeNull()
    expect(errorOf({ error_message: null, error_stack: null })).toEqual({
      code: 'threw',
      message: '',
      stack: null,
    })
    const sound = named(TRIAL_COLUMNS, toTrialCells(2, { ...record, error: null } as never, null))
    expect(sound).toMatchObject({ error_code: null, error_message: null, error_stack: null, measured: null })
  })
})

describe('the row of a measurement', () => {
  it('has NULL for NaN and no negative zero of seconds, and comes back', () => {
    const measurement = { step: 3, value: Number.NaN, metrics: { loss: -0 }, seconds: -0 }
    const cells = toMeasurementCells(measurement)
    expect(cells).toEqual([3, null, '{"loss":{"$number":"-0"}}', 0])
    expect(toMeasurement(cells)).toEqual({ ...measurement, seconds: 0 })
    const ordinary = { step: 4, value: -0, metrics: { a: 1 }, seconds: 1.5 }
    expect(toMeasurementCells(ordinary)).toEqual([4, -0, '{"a":1}', 1.5])
    expect(toMeasurement(toMeasurementCells(ordinary))).toEqual(ordinary)
  })

  it('counts in the checksum of all of them, in their order', () => {
    const rows = [1, 2].map((step) => toMeasurementCells({ step, value: 1, metrics: {}, seconds: 1 }))
    expect(checksumOfMeasurements([])).toBe(0)
    expect(checksumOfMeasurements(rows)).toBe(checksumOf(rows.flat()))
    expect(checksumOfMeasurements(rows.toReversed())).not.toBe(checksumOfMeasurements(rows))
  })
})

describe('a row with its checksum', () => {
  const cells = ['a', 1, null]

  it('is intact as long as its cells and its key are what they were', () => {
    const whole = sealed([5], cells)
    expect(whole).toEqual([...cells, checksumOf([5, ...cells])])
    expect(isIntact(whole, [5])).toBe(true)
    expect(isIntact(whole, [6])).toBe(false)
    expect(isIntact(whole, [])).toBe(false)
    expect(isIntact(['b', ...whole.slice(1)], [5])).toBe(false)
    checkRow(whole, [5], 'it')
    expect(() => checkRow(whole, [6], 'the record')).toThrow('the record does not match its checksum')
  })

  it('is taken for intact where it has none', () => {
    expect(isIntact([...cells, null], [5])).toBe(true)
    expect(isIntact([...cells, 0], [5])).toBe(false)
  })
})
