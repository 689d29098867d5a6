import { expect, it } from 'vitest'
import { addTotals } from '../../src/store/totals.ts'

const none = { waiting: 0, running: 0, complete: 0, pruned: 0, diverged: 0, failed: 0 }

it('totals count the trials of every state, and the epochs and the work of those that have finished', () => {
  const rows = [
    [2, 'complete', 4, 40, 1000],
    [0, 'failed', 1, 0, 30],
    [2, 'running', 3, 7, 500],
    [2, 'pruned', 2, 6, 200.5],
    [2, 'waiting', 1, 5, 60],
    [2, 'complete', 1, 10, 250],
  ] as const
  expect(addTotals(rows)).toEqual([
    { stage: 0, counts: { ...none, failed: 1 }, epochs: 0, workMs: 30 },
    {
      stage: 2,
      counts: { ...none, complete: 5, pruned: 2, running: 3, waiting: 1 },
      epochs: 56,
      workMs: 1450.5,
    },
  ])
  expect(addTotals([])).toEqual([])
})
