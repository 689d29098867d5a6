import assert from 'node:assert/strict'
import { hasValue, rankTrials } from '../../search/rank.ts'
import type { TrialColumn } from '../../store/store.ts'
import { sortTrials, trialSorting } from '../../store/trial-order.ts'
import { TRIAL_FIELDS } from '../../trial.ts'
import type { TestRunner } from '../runner.ts'
import { outcome, spec } from './records.ts'
import type { Stand } from './stand.ts'

const DIRECTIONS = ['maximize', 'minimize'] as const
const STATES = ['complete', 'pruned', 'diverged', 'failed', 'stopped'] as const
const FIGURES = [-1, -0, 0, 0.5, 0.75, Number.NEGATIVE_INFINITY, Number.NaN]
const VALUES = [...FIGURES, Number.POSITIVE_INFINITY, true, false, null, '', 'relu', '10', 'Infinity']

/** How every store ranks and sorts trials. */
export function checkOrder({ store, begin, cases }: Stand, { test }: TestRunner): void {
  test('ranks as the search does, whatever the states, values, ties and epochs', () => {
    const draw = cases('ranking')
    for (let run = 0; run < 100; run++) {
      const direction = draw.pick(DIRECTIONS)
      const study = begin({ direction, tieMetric: { metric: 'loss', direction: draw.pick(DIRECTIONS) } })
      const trials = draw.upTo(12)
      for (let number = 0; number < trials; number++) {
        const [value, tie] = [draw.pick(FIGURES), draw.orNull(draw.pick(FIGURES))]
        const planned = { stage: draw.upTo(2), budget: { epochs: 3 + draw.upTo(2) } }
        store.startTrial(study, spec(number, planned), 'a-host')
        const metrics: Record<string, number> = tie === null ? {} : { loss: tie }
        const measurements = [{ step: 1 + draw.upTo(2), value, metrics, seconds: 1 }]
        const ended = outcome(value, { state: draw.pick(STATES), measurements })
        store.finishTrial(study, number, ended, false)
      }
      store.startTrial(study, spec(trials), 'a-host')
      store.flush()
      const ranked = rankTrials(store.trials(study).filter(hasValue), direction)
      assert.deepStrictEqual(store.bestTrials(study, 100), ranked)
      assert.deepStrictEqual(store.bestTrials(study, 3), ranked.slice(0, 3))
      assert.deepStrictEqual(store.bestTrials(study, 0), [])
      const second = ranked.filter(({ stage }) => stage === 1)
      assert.deepStrictEqual(store.bestTrials(study, 2, 1), second.slice(0, 2))
      store.finishStudy(study, 'stopped', null)
    }
  })

  test('lists trials in order of any column, as they are sorted in memory', () => {
    const study = begin()
    const draw = cases('columns')
    for (let number = 0; number < 60; number++) {
      const params = draw.flag() ? { 'a "b".c': draw.pick(VALUES) } : {}
      const metric = draw.orNull(draw.pick(FIGURES))
      const metrics: Record<string, number> = metric === null ? {} : { loss: metric }
      store.startTrial(study, spec(number, { params }), 'a-host')
      const measurements = [{ step: 1, value: metric ?? 1, metrics, seconds: 1 }]
      store.finishTrial(study, number, outcome(1, { measurements }), false)
    }
    store.flush()
    const columns: TrialColumn[] = [
      { kind: 'param', name: 'a "b".c' },
      { kind: 'metric', name: 'loss' },
      { kind: 'metric', name: 'none' },
      ...TRIAL_FIELDS.map((name) => ({ kind: 'field', name }) as const),
    ]
    for (const column of columns) {
      for (const falling of [false, true]) {
        const sorted = sortTrials(store.trials(study), trialSorting(column), falling)
        const sort = { column, falling }
        assert.deepStrictEqual(store.trials(study, { sort }), sorted)
        assert.deepStrictEqual(store.trials(study, { sort, limit: 3, offset: 2 }), sorted.slice(2, 5))
      }
    }
  })
}
