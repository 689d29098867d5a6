import { describe, expect, it } from 'vitest'
import {
  budgetSchema,
  changedStagesSchema,
  stagesSchema,
  storedStagesSchema,
} from '../../src/search/plan-schema.ts'

/** What is wrong with the value of a key of a stage; empty if nothing is. */
function mistakes(key: string, value: unknown): string[] {
  const { error } = stagesSchema.safeParse([{ [key]: value }])
  return error?.issues.map(({ message }) => message) ?? []
}

describe('the stages of a study file', () => {
  it('are read as they are written', () => {
    const stages = [
      { name: 'coarse', trials: 8, epochs: 1, sampler: 'tpe', startWith: [{ a: 1, b: 'x', c: true }] },
      { name: 'b', keep: 0.5, margin: 0, rootShare: 0, warmStart: false, rungs: [1, 3], reduce: 2 },
      {},
      { rungs: true, replicate: { top: 2, seeds: 1 } },
    ]
    expect(stagesSchema.parse(stages)).toEqual(stages)
    expect(stagesSchema.parse([{ replicate: {} }])).toEqual([{ replicate: { top: 3, seeds: 2 } }])
  })

  it.each([
    ['keep', [Number.MIN_VALUE, 0.5, 1], [0, -1, 1 + 2 ** -52], 'above 0 and at most 1'],
    ['margin', [0, 0.2, 7], [-1e-9], 'at least 0'],
    ['rootShare', [0, 1 - 2 ** -53], [-1e-9, 1], 'at least 0 and below 1'],
    ['reduce', [1 + 2 ** -52, 3], [1, 0], 'above 1'],
    ['trials', [1, 2 ** 53 - 1], [0, 1.5, 2 ** 53], 'a whole number of at least 1'],
    ['epochs', [1, 2 ** 53 - 1], [0, -3, 1.5], 'a whole number of at least 1'],
  ] as const)('have limits: %s', (key, right, wrong, allowed) => {
    for (const value of right) expect(mistakes(key, value)).toEqual([])
    for (const value of wrong)
      expect(mistakes(key, value)).toEqual([`${key} must be ${allowed}, got ${value}`])
  })

  it.each([
    ['name', 7, 'name must be a string, got 7'],
    ['name', '', 'name must not be empty'],
    ['trials', 'many', 'trials must be a whole number, got "many"'],
    ['keep', 'most', 'keep must be a number above 0 and at most 1, got "most"'],
    ['sampler', 'tpa', 'sampler must be one of random, sobol, grid, tpe, gp, got "tpa"'],
    ['warmStart', 1, 'warmStart must be true or false, got 1'],
    ['rungs', false, 'rungs must be true or a list of epochs, as in [1, 3, 9], got false'],
    ['startWith', 1, 'startWith must be a list of points'],
    ['startWith', [3], 'startWith must be a list of points, as in { learningRate: 1e-3 }, got 3'],
    ['replicate', 3, 'replicate must be { top: 3, seeds: 2 }, got 3'],
    ['trails', 3, 'Unrecognized key: "trails"'],
  ])('are refused with a sentence: %s: %j', (key, value, sentence) => {
    expect(mistakes(key, value)).toEqual([sentence])
  })

  it('are a list', () => {
    expect(stagesSchema.safeParse(3).error?.issues.map(({ message }) => message)).toEqual([
      'stages must be a list, as in - { name: coarse, trials: 64, epochs: 1 }, got 3',
    ])
  })

  it('tell all mistakes at once, and where', () => {
    const wrong = stagesSchema.safeParse([{ trials: 8 }, { trials: 0, keep: 2, replicate: { top: 0 } }])
    expect(wrong.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      '1.trials',
      '1.keep',
      '1.replicate.top',
    ])
  })
})

describe('the stages of a stored study', () => {
  const imported = { imported: { narrow: true } }

  it('may have imported trials, which no study file has', () => {
    expect(changedStagesSchema.parse([imported])).toEqual([imported])
    expect(storedStagesSchema.parse([imported])).toEqual([imported])
    expect(mistakes('imported', { narrow: true })).toEqual(['Unrecognized key: "imported"'])
  })

  it('may name the sampler of a program, as long as they are not changed', () => {
    expect(storedStagesSchema.safeParse([{ sampler: 'mine' }]).success).toBe(true)
    expect(storedStagesSchema.safeParse([{ sampler: 'm' }]).success).toBe(true)
    expect(storedStagesSchema.safeParse([{ sampler: '' }]).success).toBe(false)
    expect(changedStagesSchema.safeParse([{ sampler: 'mine' }]).success).toBe(false)
  })
})

describe('the budget of a study file', () => {
  it('is of epochs or of trials', () => {
    expect(budgetSchema.parse({ epochs: 400 })).toEqual({ epochs: 400 })
    expect(budgetSchema.parse({ trials: 1 })).toEqual({ trials: 1 })
    for (const wrong of [{}, { epochs: 4, trials: 2 }]) {
      const { error } = budgetSchema.safeParse(wrong)
      expect(error?.issues.map(({ message }) => message)).toEqual(['budget must set either epochs or trials'])
    }
    expect(budgetSchema.safeParse({ epochs: 0 }).success).toBe(false)
    expect(budgetSchema.safeParse({ trials: 0.5 }).success).toBe(false)
  })
})
