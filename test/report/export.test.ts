import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportCsv, exportMarkdown } from '../../src/report/export.ts'
import type { StudyRecord } from '../../src/store/store.ts'
import { sortTrials, trialSorting } from '../../src/store/trial-order.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { STAGES } from '../cli/example-store.ts'

const STUDY: StudyRecord = {
  id: 1,
  name: '=cmd|study',
  seed: 42,
  direction: 'maximize',
  metric: 'validAccuracy',
  lag: 8,
  experiment: null,
  fingerprints: { data: null, objective: '', space: '' },
  codeVersion: '0.1.0',
  state: 'complete',
  endReason: null,
  createdAt: 0,
  finishedAt: 0,
  notes: [],
  origin: null,
  comment: null,
  tags: [],
  tieMetric: null,
}

const CONTEXT = { study: STUDY, stages: STAGES }

function trial(number: number, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    number,
    stage: 0,
    params: { learningRate: 1e-3 },
    seed: 7,
    budget: { epochs: 1 },
    continues: null,
    state: 'complete',
    value: 0.5,
    epochs: 1,
    metrics: {},
    error: null,
    attempts: 1,
    arithmetic: null,
    host: null,
    tie: null,
    slot: null,
    origin: null,
    startedAt: 0,
    durationMs: 1,
    ...changes,
  }
}

function csvOf(trials: readonly TrialRecord[]): string {
  return [...exportCsv(trials, CONTEXT)].join('')
}

function rowsOf(trials: readonly TrialRecord[], safe = false): Record<string, string>[] {
  return parse([...exportCsv(trials, CONTEXT, safe)].join(''), { columns: true })
}

describe('CSV', () => {
  it('escapes what a spreadsheet would take for a formula where that is asked for, but no number', () => {
    const dangerous = ['=1+1', '+A1', '-A1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '=HYPERLINK("http://x","y")']
    const trials = dangerous.map((kind, number) =>
      trial(number, { params: { kind, '=name': -0.5 }, value: -1.5 }),
    )
    const rows = rowsOf(trials, true)
    expect(rows.map((row) => row['params.kind'])).toEqual(dangerous.map((text) => `'${text}`))
    expect(rowsOf(trials).map((row) => row['params.kind'])).toEqual(dangerous)
    const numbers = ['-1', '+1', '-1e5']
    const labels = numbers.map((kind, number) => trial(number, { params: { kind } }))
    expect(rowsOf(labels, true).map((row) => row['params.kind'])).toEqual(numbers)
    for (const row of rows) {
      expect(row.value).toBe('-1.5')
      expect(row['params.=name']).toBe('-0.5')
    }
    const named = [...exportCsv([trial(0, { metrics: { '=evil': 1 } })], CONTEXT)][0]
    expect(named).toContain('metrics.=evil')
  })

  it('keeps every number to the last bit, and every text', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (number, text) => {
          const [row] = rowsOf([trial(0, { params: { number, text }, value: number })])
          expect(Object.is(Number(row?.['params.number']), Object.is(number, -0) ? 0 : number)).toBe(true)
          expect(row?.['params.text']).toBe(text)
        },
      ),
    )
  })

  it('writes a cell as csv-stringify does', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.string({ unit: fc.constantFrom(...'=+-@",;\n\r\t \'a1.:é'), maxLength: 6 }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const [title, line] = [...exportCsv([trial(0, { params: { text } })], CONTEXT)]
        const column = title!.split(',').indexOf('params.text')
        const before = line!.split(',').slice(0, column).join(',')
        const expected = stringify([[text]], { eof: false })
        expect(line!.slice(before.length + 1)).toMatch(new RegExp(`^${escapeRegExp(expected)},7,1,`))
      }),
    )
  })

  it('has a column for each parameter and metric of any trial, empty where a trial has none', () => {
    const rows = rowsOf([trial(0), trial(1, { params: { extra: true }, metrics: { loss: 2 }, value: null })])
    expect(rows[0]).toMatchObject({ 'params.learningRate': '0.001', 'params.extra': '', 'metrics.loss': '' })
    expect(rows[1]).toMatchObject({
      'params.learningRate': '',
      'params.extra': 'true',
      'metrics.loss': '2',
      value: '',
    })
  })

  it('is a heading alone for a study without trials', () => {
    expect(csvOf([]).split('\n')).toHaveLength(2)
  })
})

describe('Markdown', () => {
  it('leaves nothing of a name that Markdown or HTML would act on', () => {
    const trials = [trial(0, { params: { kind: 'a|b<script>\n*x*' } })]
    const text = [...exportMarkdown(trials, CONTEXT)].join('')
    expect(text).toContain('# =cmd\\|study')
    expect(text).toContain('| a\\|b&lt;script&gt; \\*x\\* |')
    expect(text.trim().split('\n')).toHaveLength(7)
  })
})

describe('sorting trials', () => {
  it('keeps what has no value last in either direction, and equal ones in order of number', () => {
    const trials = [
      trial(0, { value: null }),
      trial(1, { value: 2 }),
      trial(2, { value: 1 }),
      trial(3, { value: 2 }),
      trial(4, { value: null }),
    ]
    const byValue = trialSorting({ kind: 'field', name: 'value' })
    expect(sortTrials(trials, byValue, false).map(({ number }) => number)).toEqual([2, 1, 3, 0, 4])
    expect(sortTrials(trials, byValue, true).map(({ number }) => number)).toEqual([1, 3, 2, 0, 4])
  })

  it('sorts by parameters that are numbers, words, or not there', () => {
    const kinds = ['b', undefined, 3, 'a', -1, true].map((kind, number) =>
      trial(number, { params: kind === undefined ? {} : { kind } }),
    )
    const byKind = trialSorting({ kind: 'param', name: 'kind' })
    expect(sortTrials(kinds, byKind, false).map(({ number }) => number)).toEqual([4, 2, 3, 0, 5, 1])
  })
})

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
