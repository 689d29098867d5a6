import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planStages } from '../../src/search/plan.ts'
import type { EndedTrial } from '../../src/study/ended-trial.ts'
import {
  continuedTrials,
  type KeptArtifactsSetup,
  keepArtifacts,
  promotedCount,
} from '../../src/study/kept-artifacts.ts'

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

/** The numbers of the best of these, the lower first of equal ones. */
function bestOf(trials: readonly EndedTrial[], count: number, direction: 'minimize' | 'maximize'): number[] {
  const sign = direction === 'minimize' ? 1 : -1
  return trials
    .toSorted((a, b) => sign * (a.value! - b.value!) || a.number - b.number)
    .slice(0, count)
    .map(({ number }) => number)
}

test('what is kept are the best of the study and the best of the stage, of those that ran to their ends', () => {
  const state = fc.constantFrom('complete' as const, 'complete' as const, 'pruned' as const)
  fc.assert(
    fc.property(
      fc.constantFrom('minimize' as const, 'maximize' as const),
      fc.nat(3),
      fc.nat(3),
      fc.array(fc.record({ value: fc.integer({ min: -4, max: 4 }), stage: fc.nat(1), state }), {
        maxLength: 25,
      }),
      fc.nat(25),
      (direction, best, promoted, given, before) => {
        const trials = given.map(({ value, ...rest }, number) => ({ ...ended(number, value), ...rest }))
        const kept = keepArtifacts({
          ...SETUP,
          direction,
          best,
          promoted,
          stage: 1,
          finished: trials.slice(0, before),
        })
        for (let count = before + 1; count <= trials.length; count++) {
          const complete = trials.slice(0, count).filter(({ state }) => state === 'complete')
          const ofStage = complete.filter(({ stage }) => stage === 1)
          const expected = new Set([
            ...bestOf(complete, best, direction),
            ...bestOf(ofStage, promoted, direction),
          ])
          expect(kept.offer(trials[count - 1]!)).toBe(expected.has(count - 1))
          expect(kept.numbers().sort()).toEqual([...expected].sort())
        }
      },
    ),
  )
})

test('a stage of replicates keeps none of its own trials, and those of the stages before', () => {
  const kept = keepArtifacts({ ...SETUP, stage: 1, replicates: true, finished: [ended(0, 3)] })
  expect(kept.offer({ ...ended(1, 1), stage: 1 })).toBe(false)
  expect(kept.numbers()).toEqual([0])
})

const { stages } = planStages({
  stages: [
    { trials: 5, epochs: 2 },
    { trials: 2, epochs: 4, warmStart: true },
    { trials: 4, epochs: 4 },
    { replicate: { top: 3, seeds: 2 } },
  ],
})

test('a stage is continued by as many trials as the next one has, or runs again', () => {
  expect([undefined, ...stages].map(promotedCount)).toEqual([0, 0, 2, 0, 3])
})

test('a warm start continues the best of the stage before, replicates the best of all stages of its epochs', () => {
  const earlier = [
    ...[5, 1, 4, 2, 3].map((value, number) => ended(number, value)),
    ...[9, 0].map((value, i) => ({ ...ended(5 + i, value), stage: 1 })),
    ...[8, 7, 1, 6].map((value, i) => ({ ...ended(7 + i, value), stage: 2 })),
  ].map((trial) => ({ ...trial, params: { x: trial.number } }))
  const continued = (stage: number, direction: 'minimize' | 'maximize') =>
    continuedTrials({ stages, stage, direction, earlier })
  expect(continued(0, 'minimize')).toEqual([])
  expect(continued(1, 'minimize')).toEqual([1, 3])
  expect(continued(1, 'maximize')).toEqual([0, 2])
  expect(continued(2, 'minimize')).toEqual([])
  expect(continued(3, 'minimize')).toEqual([6, 9, 10])
})
