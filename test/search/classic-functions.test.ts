import { describe, expect, it } from 'vitest'
import { classicWinners } from '../../bench/search/compare-classics.ts'

/** The median of how far the winners of some studies truly lie above the lowest value. */
function medianRegret(name: string, sampler: 'gp' | 'tpe', seeds: number): number {
  const winners = classicWinners(name, { name: sampler, stages: [{ sampler }] }, seeds)
  return winners.map(({ regret }) => regret).sort((a, b) => a - b)[seeds >> 1]!
}

describe('64 trials of gp with a lag of 8', () => {
  it('find the place of a noisy function, by the true value of the reported winner', () => {
    // The lowest value is -3.32, the noise 0.3.
    expect(medianRegret('Hartmann 6, noisy', 'gp', 9)).toBeLessThan(0.4)
  })

  it('come close to the lowest value of smooth functions', () => {
    expect(medianRegret('Branin', 'gp', 3)).toBeLessThan(0.001)
    expect(medianRegret('Hartmann 6', 'gp', 3)).toBeLessThan(0.06)
    expect(medianRegret('Rosenbrock 4', 'gp', 3)).toBeLessThan(20)
  })
})
