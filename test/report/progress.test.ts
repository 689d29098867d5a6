import { describe, expect, it } from 'vitest'
import { renderProgress, renderTrialLine } from '../../src/report/progress.ts'
import {
  advanceProgress,
  epochRate,
  NOTHING_YET,
  type ProgressState,
  timeLeftMs,
} from '../../src/report/progress-state.ts'
import { displayWidth } from '../../src/report/text.ts'
import type { StudyRecord } from '../../src/store/store.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import type { TrialRecord, TrialSpec } from '../../src/trial.ts'
import { PLANS, ROOT, STAGES } from '../cli/example-store.ts'

const STUDY: StudyRecord = {
  id: 1,
  name: 'cifar10',
  seed: 42,
  direction: 'maximize',
  metric: 'validAccuracy',
  lag: 8,
  experiment: { space: ROOT },
  fingerprints: { data: null, objective: '', space: '' },
  codeVersion: '0.1.0',
  state: 'running',
  endReason: null,
  createdAt: 0,
  finishedAt: null,
  notes: [],
  origin: null,
  comment: null,
  tags: [],
  tieMetric: null,
}

const WINDOW = { width: 120, rows: 24, colour: false }

/** Plays events a second apart, the first at 0 s. */
function play(events: readonly StudyEvent[]): ProgressState {
  return events.reduce((state, event, i) => advanceProgress(state, event, i * 1000), NOTHING_YET)
}

function spec(number: number, learningRate = 1.234e-3): TrialSpec {
  const stage = number < 6 ? STAGES[0]! : STAGES[1]!
  const params = { learningRate, reg: 2.3e-3, dropout: 0.14 }
  return { number, stage: stage.index, params, seed: 1, budget: { epochs: stage.epochs }, continues: null }
}

function started(number: number, learningRate?: number): StudyEvent {
  return { kind: 'trial-started', spec: spec(number, learningRate), attempt: 1 }
}

function measured(trial: number, step: number, value: number): StudyEvent {
  return { kind: 'measured', trial, measurement: { step, value, metrics: {}, seconds: 1 } }
}

function finished(number: number, value: number | null): StudyEvent {
  const trial = spec(number)
  const record: TrialRecord = {
    ...trial,
    state: value === null ? 'diverged' : 'complete',
    value,
    epochs: value === null ? 0 : trial.budget.epochs,
    metrics: {},
    error: null,
    attempts: 1,
    arithmetic: null,
    host: null,
    tie: null,
    slot: null,
    origin: null,
    startedAt: 0,
    durationMs: 1000,
  }
  return { kind: 'trial-finished', record }
}

const BEGIN: readonly StudyEvent[] = [
  { kind: 'study-started', study: STUDY, stages: PLANS, workers: 2, host: 'here', finished: 6, best: null },
  { kind: 'stage-started', stage: STAGES[1]!, finished: 0 },
]

const MIDDLE = play([
  ...BEGIN,
  started(6),
  started(7, 3.9e-2),
  measured(6, 1, 0.4),
  measured(7, 1, 0.3),
  measured(6, 2, 0.5),
  measured(6, 3, 0.531),
  finished(6, 0.531),
  started(8),
])

describe('the picture of a running study', () => {
  it('shows the stage, what runs, the best, and how long it takes', () => {
    expect(renderProgress(MIDDLE, 10_000, WINDOW)).toEqual([
      'cifar10 · stage 2 of 2, fine (3 epochs) · 1/3 trials · 2 running · 24 epochs/min · 10 s, about 13 s left',
      '       #7  epoch 2/3  validAccuracy 0.3000  lr 3.9e-2  reg 2.3e-3  dropout 0.14',
      '       #8  epoch 1/3  validAccuracy -       lr 1.2e-3  reg 2.3e-3  dropout 0.14',
      '  best #6  epoch 3    validAccuracy 0.5310  lr 1.2e-3  reg 2.3e-3  dropout 0.14',
    ])
  })

  it('counts the hosts of a study on several machines, and names that of each trial in the log', () => {
    const ended = finished(6, 0.5) as Extract<StudyEvent, { readonly kind: 'trial-finished' }>
    const onHost = (host: string): StudyEvent => ({ ...ended, record: { ...ended.record, host } })
    const state = play([...BEGIN, onHost('here'), onHost('rack-1'), onHost('rack-1')])
    expect(renderProgress(state, 10_000, { ...WINDOW, width: 200 })[0]).toContain(' · 2 hosts · ')
    const line = (host: string): string => renderTrialLine(state, { ...ended.record, host }, 10_000)
    expect(line('rack-1')).toContain('trial 6 complete, validAccuracy 0.5000, on rack-1;')
    expect(line('here')).not.toContain('on here')
  })

  it('keeps to the window: the less needed goes first, and nothing is wider or higher', () => {
    const headlines = [100, 80, 60, 40].map(
      (width) => renderProgress(MIDDLE, 10_000, { ...WINDOW, width })[0],
    )
    expect(headlines).toEqual([
      'cifar10 · stage 2 of 2, fine (3 epochs) · 1/3 trials · 24 epochs/min · 10 s, about 13 s left',
      'cifar10 · stage 2 of 2, fine (3 epochs) · 1/3 trials · 10 s, about 13 s left',
      'cifar10 · 1/3 trials · 10 s, about 13 s left',
      'cifar10 · 1/3 trials',
    ])
    const many = play([...BEGIN, ...Array.from({ length: 40 }, (_, i) => started(100 + i)), finished(6, 0.5)])
    for (let width = 1; width < 130; width += 3) {
      for (const rows of [2, 3, 5, 24]) {
        const lines = renderProgress(many, 60_000, { width, rows, colour: false })
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      }
    }
    expect(renderProgress(many, 60_000, { ...WINDOW, rows: 5 })[3]).toBe('  … and 38 more running')
  })

  it('survives long names, wide characters and thirty parameters', () => {
    const names = Array.from({ length: 30 }, (_, i) => [`parameter${i}`, 0.5] as const)
    const wide = { ...spec(6), params: Object.fromEntries(names) }
    const study = { ...STUDY, name: '長い名前'.repeat(20), experiment: null }
    const state = play([
      { kind: 'study-started', study, stages: PLANS, workers: 2, host: 'here', finished: 0, best: null },
      BEGIN[1]!,
      { kind: 'trial-started', spec: wide, attempt: 1 },
    ])
    const lines = renderProgress(state, 5000, { ...WINDOW, width: 80 })
    expect(lines[0]).toMatch(/^長い名前長い名前長…? · /)
    expect(lines[1]).toMatch(/parameter0 0\.50 {2}parameter1 0\.50 .*…$/)
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  })

  it('counts what diverged, in red where there are colours', () => {
    const state = play([...BEGIN, started(6), finished(6, null), started(7), finished(7, null)])
    const [headline] = renderProgress(state, 9000, { ...WINDOW, colour: true })
    expect(headline).toContain('\x1b[31m2 diverged\x1b[39m')
    expect(renderProgress(state, 9000, WINDOW)).toHaveLength(1)
  })

  it('is empty before anything has begun', () => {
    expect(renderProgress(NOTHING_YET, 0, WINDOW)).toEqual([])
    expect(renderProgress(play(BEGIN.slice(0, 1)), 0, WINDOW)).toEqual([])
  })

  it('has a line for logs', () => {
    const { record } = finished(6, 0.531) as { record: TrialRecord }
    expect(renderTrialLine(MIDDLE, record, 10_000)).toBe(
      'cifar10 fine 1/3: trial 6 complete, validAccuracy 0.5310; best 6 with 0.5310; 10 s, about 13 s left',
    )
  })
})

describe('the state behind it', () => {
  it('ranks as the store does: by value in the direction of the study, then by number', () => {
    const best = (events: readonly StudyEvent[]) => play([...BEGIN, ...events]).best?.number
    expect(best([finished(7, 0.5), finished(6, 0.5), finished(8, 0.4)])).toBe(6)
    expect(best([finished(6, null)])).toBeUndefined()
    const minimize = { ...BEGIN[0], study: { ...STUDY, direction: 'minimize' } } as StudyEvent
    const state = play([minimize, BEGIN[1]!, finished(6, 0.5), finished(7, 0.4), finished(8, Number.NaN)])
    expect(state.best?.number).toBe(7)
  })

  it('takes a retried trial out and in again', () => {
    const error = { code: 'threw', message: 'no', stack: null }
    const failed = play([...BEGIN, started(6), { kind: 'trial-retried', trial: 6, attempt: 1, error }])
    expect(failed.running).toEqual([])
    expect(advanceProgress(failed, started(6), 9000).running).toHaveLength(1)
  })

  it('counts a trial that ended early as a whole turn, and later stages as work to come', () => {
    const first: readonly StudyEvent[] = [
      { ...BEGIN[0], finished: 0 } as StudyEvent,
      { kind: 'stage-started', stage: STAGES[0]!, finished: 0 },
    ]
    expect(timeLeftMs(play(first), 60_000)).toBeNull()
    const state = play([...first, started(0), finished(0, null), started(1), finished(1, 0.2)])
    expect(epochRate(state, 10_000)).toBeCloseTo(0.2)
    // Of 6 trials of 1 epoch 4 are left, and then 3 of 3 epochs.
    expect(timeLeftMs(state, 10_000)).toBeCloseTo((4 + 9) * 5000)
  })

  it('never promises less than nothing', () => {
    const steps = [started(6), measured(6, 500, 0.1)]
    expect(timeLeftMs(play([...BEGIN, ...steps]), 10_000)).toBeGreaterThanOrEqual(0)
  })
})
