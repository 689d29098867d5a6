import { expect, test } from 'vitest'
import type { Sampler } from '../../src/search/sampler.ts'
import { describeIdleWorkers } from '../../src/session/idle-workers.ts'

const stages = [
  { name: 'coarse', sampler: 'sobol' },
  { name: 'fine', sampler: 'gp' },
] as const

test('workers beyond the lag of a stage that learns idle, and the number that fits is named', () => {
  expect(describeIdleWorkers(64, 8, stages)).toBe(
    '64 workers for a lag of 8: in fine, at most 8 trials run at once, so 56 of the workers are idle. ' +
      'Use 8 workers, or a larger lag, which costs quality: each trial learns from fewer results.',
  )
})

test('nothing is said where every worker is used', () => {
  expect(describeIdleWorkers(8, 8, stages)).toBeNull()
  expect(describeIdleWorkers(64, 8, stages.slice(0, 1))).toBeNull()
})

test('a sampler of the program that waits for results counts as one that learns, another not', () => {
  const own = (adaptive: boolean) =>
    new Map<string, Sampler>([
      ['mine', { name: 'mine', adaptive, propose: () => ({}) } as unknown as Sampler],
    ])
  const mine = [{ name: 'only', sampler: 'mine' }] as never
  expect(describeIdleWorkers(3, 2, mine, own(true))).toContain('in only, at most 2 trials run at once')
  expect(describeIdleWorkers(3, 2, mine, own(false))).toBeNull()
})

test('a stage of replicates has nothing to learn', () => {
  const again = [{ name: 'again', sampler: 'gp', replicate: { top: 3, seeds: 2 } }] as const
  expect(describeIdleWorkers(64, 8, again)).toBeNull()
})
