import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndedTrial } from '../../src/study/ended-trial.ts'
import { type KeptArtifactsSetup, keepArtifacts } from '../../src/study/kept-artifacts.ts'

const SETUP: KeptArtifactsSetup = {
  direction: 'minimize',
  stage: 0,
  best: 2,
  promoted: 0,
  continued: [],
  finished: [],
}

function ended(number: number, value: number): EndedTrial {
  return {
    number,
    stage: 0,
    continues: null,
    state: 'complete',
    value,
    tie: null,
    epochs: 1,
    budget: { epochs: 1 },
  } as unknown as EndedTrial
}

test('any artifact may be kept until as many are held as are wanted; then the worst of those is the floor', () => {
  const kept = keepArtifacts(SETUP)
  kept.offer(ended(0, 3))
  expect(kept.floor()).toBeNull()
  kept.offer(ended(1, 5))
  expect(kept.floor()).toEqual({ value: 5, direction: 'minimize' })
  kept.offer(ended(2, 4))
  expect(kept.floor()).toEqual({ value: 4, direction: 'minimize' })
})

test('a stage that a later one continues keeps more, so the floor is looser', () => {
  const kept = keepArtifacts({ ...SETUP, best: 1, promoted: 3 })
  for (const value of [1, 2, 3]) kept.offer(ended(value, value))
  expect(kept.floor()?.value).toBe(3)
})

test('a stage that keeps none has a floor that no value reaches', () => {
  expect(keepArtifacts({ ...SETUP, replicates: true }).floor()?.value).toBe(-Infinity)
  expect(keepArtifacts({ ...SETUP, direction: 'maximize', replicates: true }).floor()?.value).toBe(Infinity)
})

test('what a stage continues is kept until the trial that continues it has ended, however good the others are', () => {
  const kept = keepArtifacts({ ...SETUP, stage: 1, best: 1, continued: [4, 7] })
  kept.offer({ ...ended(20, 0), stage: 1 })
  expect(kept.numbers().sort()).toEqual([20, 4, 7])
  kept.offer({ ...ended(21, 9), stage: 1, state: 'failed', continues: 4 })
  expect(kept.numbers().sort()).toEqual([20, 7])
  kept.offer({ ...ended(22, 0), stage: 0, continues: 7 })
  expect(kept.numbers().sort()).toEqual([20, 7])
})

test('no artifact that would be kept is worse than the floor', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('minimize' as const, 'maximize' as const),
      fc.nat(3),
      fc.nat(3),
      fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 30 }),
      (direction, best, promoted, values) => {
        const kept = keepArtifacts({ ...SETUP, direction, best, promoted })
        for (const [number, value] of values.entries()) {
          const floor = kept.floor()
          const isWorse =
            floor !== null && (direction === 'minimize' ? value > floor.value : value < floor.value)
          if (kept.offer(ended(number, value))) expect(isWorse).toBe(false)
        }
      },
    ),
  )
})
