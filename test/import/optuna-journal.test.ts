import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { GivenTrial } from '../../src/import/given-trial.ts'
import { readCsvTrials } from '../../src/import/read-csv.ts'
import { readOptunaTrials } from '../../src/import/read-optuna.ts'
import { JOURNAL, SPACE, TABLE } from './sources.ts'

const journal = (...entries: object[]): string => entries.map((entry) => JSON.stringify(entry)).join('\n')

describe('an Optuna journal', () => {
  const read = readOptunaTrials(readFileSync(JOURNAL, 'utf8'), 'optuna.log', null)

  it('gives all trials with params, state, value, steps from 1 and user attributes', () => {
    expect(read).toMatchObject({ direction: 'minimize', remarks: [expect.stringContaining('count from 0')] })
    expect(read.trials).toHaveLength(20)
    const [first] = read.trials
    expect(first).toMatchObject({
      label: 'trial 0',
      params: { lr: 0.0012164941464151843, layers: 3, kind: 'tanh' },
      state: 'complete',
      value: 0.30724371610236134,
    })
    expect(first!.measurements.map(({ step, value }) => [step, value])).toEqual([
      [1, 2.3072437161023613],
      [2, 1.3072437161023613],
      [3, 0.30724371610236134],
    ])
    expect(first!.measurements.at(-1)!.metrics).toEqual({ acc: 1 / 0.30724371610236134 })
    expect(read.trials[7]).toMatchObject({ state: 'failed', value: null })
    expect(read.trials[3]).toMatchObject({ state: 'pruned', value: read.trials[3]!.measurements[0]!.value })
  })

  it('agrees with the table that Optuna writes of it', () => {
    const table = readCsvTrials(readFileSync(TABLE, 'utf8'), 'optuna.csv', {
      space: SPACE,
      metric: 'loss',
      columns: {},
    })
    const facts = ({ label, params, state, value }: GivenTrial) => ({
      label,
      state,
      value,
      params: Object.fromEntries(
        Object.entries(params).map(([name, param]) => [name, name === 'kind' ? param : Number(param)]),
      ),
    })
    expect(table.trials.map(facts)).toEqual(read.trials.map(facts))
    expect(table.trials[0]!.metrics.acc).toBeCloseTo(1 / 0.30724371610236134, 12)
  })

  it('reads whole trials, NaN and infinities, and leaves deleted studies and unfinished trials out', () => {
    const trial = { op_code: 4, datetime_start: null, datetime_complete: null, values: null, user_attrs: {} }
    const distributions = { lr: '{"name": "FloatDistribution", "attributes": {"low": 0.1, "high": 1}}' }
    const text = [
      journal(
        { op_code: 0, study_name: 'gone', directions: [1] },
        { op_code: 0, study_name: 'kept', directions: [2] },
      ),
      journal({ op_code: 1, study_id: 0 }),
      journal({ ...trial, study_id: 1, state: 1, value: 0.5, params: { lr: 0.1 }, distributions }),
      '{"op_code":4,"study_id":1,"datetime_start":null,"state":3,"user_attrs":{"text":"NaN \\" Infinity","odd":-Infinity}}',
      journal({ op_code: 4, study_id: 1, datetime_start: null }),
      '{"op_code":7,"trial_id":2,"step":3,"intermediate_value":NaN}',
      '{"op_code":6,"trial_id":2,"sta',
    ].join('\n')
    const { direction, trials, remarks } = readOptunaTrials(text, 'j.log', null)
    expect(direction).toBe('maximize')
    expect(remarks).toEqual([
      'The last line of the journal is truncated and was skipped',
      'Ignored user attributes that are not numbers: text',
    ])
    expect(trials.map(({ state, value, measurements }) => [state, value, measurements])).toEqual([
      ['complete', 0.5, []],
      ['failed', null, []],
      [null, null, []],
    ])
    expect(trials[1]!.metrics).toEqual({ odd: -Infinity })
  })

  it('says what it leaves out: values that are no numbers, other attributes, broken constraints', () => {
    const text = [
      journal(
        { op_code: 0, study_name: 'a', directions: [1] },
        {
          ...{ op_code: 4, study_id: 0, state: 1, value: 1, system_attrs: { constraints: [-1, 0] } },
          user_attrs: { note: 'good', error: 'none', flag: true, acc: 0.5 },
        },
        { op_code: 4, study_id: 0, state: 1, value: 2, system_attrs: { constraints: [-1, 0.5] } },
        { op_code: 4, study_id: 0 },
        { op_code: 9, trial_id: 2, system_attr: { constraints: [3] } },
        { op_code: 7, trial_id: 2, step: 1, intermediate_value: 4 },
      ),
      '{"op_code":7,"trial_id":2,"step":2,"intermediate_value":NaN}',
      journal({ op_code: 6, trial_id: 2, state: 1, values: [3] }),
    ].join('\n')
    const { remarks, trials } = readOptunaTrials(text, 'j.log', null)
    expect(remarks).toEqual([
      'Intermediate values that are NaN, infinite or at a step below 0 were left out: 1 of them',
      'Ignored user attributes that are not numbers: note, flag',
      'Trials that break a constraint of the study there were taken like all others: 2 of them. Leave their points out with require',
    ])
    // The epoch of which the value is left out was run.
    expect(trials[2]).toMatchObject({ value: 3, epochs: 2, measurements: [{ step: 1, value: 4 }] })
  })

  it('refuses several studies without a name, several objectives, and what is no journal', () => {
    const two = journal(
      { op_code: 0, study_name: 'a', directions: [1] },
      { op_code: 0, study_name: 'b', directions: [1, 1] },
    )
    expect(() => readOptunaTrials(two, 'j.log', null)).toThrow('j.log has 2 studies: a, b')
    expect(() => readOptunaTrials(two, 'j.log', 'b')).toThrow('has 2 objectives')
    expect(() => readOptunaTrials(two, 'j.log', 'c')).toThrow('There is no study "c" in j.log')
    expect(() => readOptunaTrials(`${two}\nhello\n`, 'j.log', 'a')).toThrow(
      'This is not a line of an Optuna journal',
    )
  })
})
