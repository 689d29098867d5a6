import { describe, expect, it } from 'vitest'
import {
  drawnAfter,
  drawnBefore,
  freeName,
  importedStage,
  isImported,
  narrowedBy,
  narrowsBy,
  withImported,
} from '../../src/search/imported-stages.ts'
import { planStages } from '../../src/search/plan.ts'
import { stage } from '../../src/testing/requests.ts'

const drawn = stage({ name: 'drawn' })
const old = importedStage('old', 7, 3, false)
const narrowing = importedStage('narrowing', 7, 3, true)

describe('a stage of imported trials', () => {
  it('is told by its plan, or by what its record says in place of a sampler', () => {
    expect([drawn, old, narrowing].map(isImported)).toEqual([false, true, true])
    expect([{ sampler: 'imported' }, { sampler: 'random' }].map(isImported)).toEqual([true, false])
    expect(isImported({ imported: undefined })).toBe(false)
  })

  it('is a whole plan, which planning leaves as it is', () => {
    expect(planStages({ stages: [old, drawn] })).toEqual({ stages: [old, drawn], mistakes: [] })
    expect(old).toMatchObject({ name: 'old', trials: 7, epochs: 3, imported: { narrow: false } })
    expect(narrowing.imported).toEqual({ narrow: true })
  })

  it('continues no weights, ends no trial early, and narrows to all of its trials', () => {
    expect(old).toMatchObject({
      warmStart: false,
      rungs: [],
      startWith: [],
      keep: 1,
      margin: 0,
      rootShare: 0,
    })
  })
})

describe('the neighbours of a stage', () => {
  const stages = [old, drawn, old, narrowing, drawn, old]

  it('are the nearest before and after it that draw their trials', () => {
    expect(stages.map((_, index) => drawnBefore(stages, index))).toEqual([-1, -1, 1, 1, 1, 4])
    expect(stages.map((_, index) => drawnAfter(stages, index))).toEqual([1, 4, 4, 4, -1, -1])
  })

  it('decide what it is narrowed by: trials that were drawn, else imported ones if they were added for it', () => {
    expect(narrowsBy([drawn, old, drawn], 2)).toBe(0)
    expect(narrowsBy([narrowing, drawn, drawn], 2)).toBe(1)
    expect(narrowsBy([old, drawn], 1)).toBe(-1)
    expect(narrowsBy([narrowing, drawn], 1)).toBe(0)
    expect(narrowsBy([narrowing, old, drawn], 2)).toBe(1)
    expect(narrowsBy([drawn, narrowing], 0)).toBe(-1)
  })

  it('are found in the records of stages alike, for one that was narrowed', () => {
    const records = (...samplers: string[]) => samplers.map((sampler) => ({ sampler }))
    expect(narrowedBy(records('sobol', 'imported', 'gp'), 2)).toBe(0)
    expect(narrowedBy(records('imported', 'imported', 'gp'), 2)).toBe(1)
  })
})

describe('stages as a file has them', () => {
  it('get the imported ones of their study back in their places', () => {
    const fine = stage({ name: 'fine' })
    const stored = [old, drawn, narrowing, fine]
    expect(withImported([drawn, fine], stored)).toEqual(stored)
    const changed = [stage({ name: 'drawn', trials: 99 }), fine, stage({ name: 'last' })]
    expect(withImported(changed, stored)).toEqual([old, changed[0], narrowing, fine, changed[2]])
    expect(withImported(changed, [drawn, fine])).toEqual(changed)
  })
})

describe('a free name', () => {
  it('is the name, or the name with the first number from 2 that is not taken', () => {
    expect(freeName('old', ['new'])).toBe('old')
    expect(freeName('old', ['old'])).toBe('old-2')
    expect(freeName('old', ['old', 'old-2', 'old-4'])).toBe('old-3')
  })
})
