import { describe, expect, it } from 'vitest'
import { rankTrials } from '../../src/search/rank.ts'
import type { TrialState } from '../../src/trial.ts'

const trial = (number: number, state: TrialState, value: number | null) => ({ number, state, value })

describe('ranking trials', () => {
  const trials = [
    trial(0, 'failed', null),
    trial(1, 'complete', 0.5),
    trial(2, 'diverged', null),
    trial(3, 'complete', 0.7),
    trial(4, 'running', null),
    trial(5, 'complete', 0.5),
    trial(6, 'pruned', 0.6),
    trial(7, 'diverged', null),
  ]

  it('puts values in the direction asked for, then diverged, failed and unfinished trials; ties to the lower number', () => {
    expect(rankTrials(trials, 'maximize').map(({ number }) => number)).toEqual([3, 6, 1, 5, 2, 7, 0, 4])
    expect(rankTrials(trials, 'minimize').map(({ number }) => number)).toEqual([1, 5, 6, 3, 2, 7, 0, 4])
  })

  it('leaves the list it was given', () => {
    const before = structuredClone(trials)
    rankTrials(trials, 'minimize')
    expect(trials).toEqual(before)
  })
})
