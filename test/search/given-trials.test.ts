import { describe, expect, it } from 'vitest'
import { ownTurn, promotedTrials, rootTrialsBetween, samplerTurn } from '../../src/search/given-trials.ts'
import { importedStage } from '../../src/search/imported-stages.ts'
import { isRootTrial } from '../../src/search/propose-trial.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { pastTrial, request, stage } from '../../src/testing/requests.ts'

const at = (number: number, value: number, ofStage = 0) =>
  pastTrial(number, { x: number / 10 }, value, ofStage)
const earlier: readonly PastTrial[] = [
  at(0, 3),
  { ...at(1, 1), state: 'pruned' },
  at(2, 2),
  at(3, Number.NaN),
  { ...at(4, 0), value: null },
  at(5, 4),
]
const coarse = stage()
const promoted = (plan: Parameters<typeof stage>[0], direction: 'minimize' | 'maximize' = 'minimize') =>
  promotedTrials({ stages: [coarse, stage(plan)], stage: 1, direction, earlier }).map(({ number }) => number)

describe('the trials that a warm start continues', () => {
  it('are the complete ones of the stage before that have a value, best first', () => {
    expect(promoted({ warmStart: true })).toEqual([2, 0, 5])
    expect(promoted({ warmStart: true }, 'maximize')).toEqual([5, 0, 2])
    expect(promoted({ warmStart: false })).toEqual([])
  })

  it('are at most as many as the stage has trials left after the points to start with', () => {
    const startWith = [{ x: 0.1 }, { x: 0.2 }]
    expect(promoted({ warmStart: true, trials: 2 })).toEqual([2, 0])
    expect(promoted({ warmStart: true, trials: 4, startWith })).toEqual([2, 0])
    expect(promoted({ warmStart: true, trials: 3, startWith })).toEqual([2])
    expect(promoted({ warmStart: true, trials: 2, startWith })).toEqual([])
    expect(promoted({ warmStart: true, trials: 1, startWith })).toEqual([])
  })

  it('are those of the last stage that drew its trials: imported ones left nothing to continue', () => {
    const stages = [coarse, importedStage('old', 2, 9, false), stage({ warmStart: true })]
    const trials = [at(0, 3), at(1, 0, 1), at(2, 1, 1)]
    const found = promotedTrials({ stages, stage: 2, direction: 'minimize', earlier: trials })
    expect(found.map(({ number }) => number)).toEqual([0])
  })
})

describe("a sampler's turn", () => {
  it('comes after the points to start with and the trials that are continued', () => {
    const space = searchSpace({ x: float(0, 1) })
    const stages = [coarse, stage({ warmStart: true, trials: 9, startWith: [{ x: 0.5 }] })]
    const asked = { ...request(space, 1, []), stages, stage: 1, earlier }
    expect(samplerTurn({ ...asked, index: 4 })).toEqual({ turn: 0, turns: 5 })
    expect(samplerTurn({ ...asked, index: 8 })).toEqual({ turn: 4, turns: 5 })
    expect(samplerTurn({ ...asked, stages: [stage({ trials: 9 })], stage: 0, index: 4 })).toEqual({
      turn: 4,
      turns: 9,
    })
  })

  it('is not one of the draws from the whole range for a sampler whose trials are parts of a whole', () => {
    const space = searchSpace({ x: float(0, 1) })
    const plan = stage({ warmStart: true, trials: 14, startWith: [{ x: 0.5 }], rootShare: 0.25 })
    const asked = { ...request(space, 1, []), stages: [coarse, plan], stage: 1, earlier }
    const others = Array.from({ length: 14 }, (_, index) => index).filter(
      (index) => index >= 4 && !isRootTrial(index, 0.25),
    )
    expect(others.map((index) => ownTurn({ ...asked, index }))).toEqual(
      others.map((_, turn) => ({ turn, turns: others.length })),
    )
    expect(rootTrialsBetween(0, plan, 0, 14)).toBe(0)
  })
})
