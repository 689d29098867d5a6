import { describe, expect, it } from 'vitest'
import { planStages } from '../../src/search/plan.ts'
import { budgetSchema, stagesSchema } from '../../src/search/plan-schema.ts'

const plannedEpochs = (stages: readonly { trials: number; epochs: number }[]): number =>
  stages.reduce((sum, { trials, epochs }) => sum + trials * epochs, 0)

describe('planning the stages', () => {
  it("gives the recipe's two stages to a study that says nothing", () => {
    const { stages, mistakes } = planStages({})
    expect(mistakes).toEqual([])
    expect(stages).toMatchObject([
      { name: 'coarse', trials: 64, epochs: 1, sampler: 'sobol', rootShare: 0 },
      { name: 'fine', trials: 32, epochs: 5, sampler: 'gp', keep: 0.2, margin: 0.2, rootShare: 0.1 },
    ])
    expect(plannedEpochs(stages)).toBe(64 + 160)
  })

  it('fits the trials to a budget of epochs or of trials', () => {
    const byEpochs = planStages({ budget: { epochs: 400 } }).stages
    expect(byEpochs.map(({ trials }) => trials)).toEqual([100, 60])
    expect(plannedEpochs(byEpochs)).toBe(400)
    expect(planStages({ budget: { trials: 64 } }).stages.map(({ trials }) => trials)).toEqual([16, 48])
    const three = planStages({
      stages: [{ trials: 40 }, { epochs: 3 }, { epochs: 10 }],
      budget: { epochs: 400 },
    }).stages
    expect(three.map(({ trials }) => trials)).toEqual([40, 60, 18])
  })

  it('learns from the start unless the next stage has more epochs', () => {
    const samplers = (...epochs: number[]): string[] =>
      planStages({ stages: epochs.map((count) => ({ trials: 32, epochs: count })) }).stages.map(
        ({ sampler }) => sampler,
      )
    expect(samplers(1, 1)).toEqual(['gp', 'gp'])
    expect(samplers(1, 5)).toEqual(['sobol', 'gp'])
    expect(samplers(1, 5, 10)).toEqual(['sobol', 'gp', 'gp'])
    expect(samplers(3)).toEqual(['gp'])
    expect(planStages({ stages: [{ trials: 1000 }] }).stages[0]!.sampler).toBe('tpe')
  })

  it('is one stage for a budget of trials where epochs mean nothing here', () => {
    const { stages } = planStages({ budget: { trials: 64 }, epochsMatter: false })
    expect(stages).toMatchObject([{ name: 'search', trials: 64, epochs: 1, sampler: 'gp' }])
    expect(planStages({ budget: { trials: 64 } }).stages).toHaveLength(2)
  })

  it('tells what does not fit, and where', () => {
    const messages = (input: Parameters<typeof planStages>[0]): string[] =>
      planStages(input).mistakes.map(({ path, message }) => `${path.join('.')} | ${message}`)
    expect(messages({ stages: [] })).toEqual(['stages | stages: at least one stage is needed, got none'])
    expect(messages({ stages: [{ name: 'coarse' }] })).toEqual([
      'stages.0 | stages[0]: trials is missing. Say how many, or give budget: { epochs: N }.',
    ])
    expect(messages({ stages: [{ trials: 500 }], budget: { epochs: 400 } })[0]).toMatch(
      'budget.epochs | budget: the stages',
    )
    expect(messages({ budget: { epochs: 3 } })[0]).toMatch('leave no trial for stages[0]')
    expect(
      messages({
        stages: [
          { trials: 4, name: 'a' },
          { trials: 4, name: 'a' },
        ],
      })[0],
    ).toMatch('stages.1.name')
    expect(messages({ stages: [{ trials: 4, warmStart: true }] })[0]).toMatch('there is none')
    expect(messages({ stages: [{ trials: 1, startWith: [{ a: 1 }, { a: 2 }] }] })[0]).toMatch(
      'startWith has 2 points for 1 trials',
    )
  })

  it('refuses rungs that do not ascend, or that a stage never comes to', () => {
    const wrong = (rungs: number[]) => planStages({ stages: [{ trials: 9, epochs: 9, rungs }] }).mistakes
    expect(wrong([1, 3])).toEqual([])
    expect(wrong([3, 1])).toEqual([
      { path: ['stages', 0, 'rungs'], message: 'stages[0]: rungs must ascend, got [3, 1]' },
    ])
    expect(wrong([3, 3])[0]!.message).toBe('stages[0]: rungs must ascend, got [3, 3]')
    expect(wrong([3, 9])[0]!.message).toMatch("rungs must lie below the stage's 9 epochs, got 9")
  })

  it('takes a margin of 0, and a stage of replicates that says it has no rungs', () => {
    expect(stagesSchema.safeParse([{ trials: 8, margin: 0 }]).success).toBe(true)
    expect(stagesSchema.safeParse([{ trials: 8, margin: -0.1 }]).success).toBe(false)
    const replicates = (rungs: number[]) =>
      planStages({
        stages: [
          { trials: 9, epochs: 9 },
          { replicate: { top: 2, seeds: 3 }, rungs },
        ],
      }).mistakes
    expect(replicates([])).toEqual([])
    expect(replicates([1])[0]!.message).toMatch('rungs does not apply')
  })

  it('reads stages and budget from a file, with sentences for what is wrong', () => {
    expect(
      stagesSchema.parse([{ name: 'coarse', trials: 8, epochs: 1, sampler: 'tpe', startWith: [{ a: 1 }] }]),
    ).toHaveLength(1)
    const wrong = stagesSchema.safeParse([{ trials: 0, keep: 2, sampler: 'tpa', epochs: 1.5, trails: 3 }])
    expect(wrong.error?.issues.map(({ path, message }) => `${path.join('.')} | ${message}`)).toEqual([
      '0.trials | trials must be a whole number of at least 1, got 0',
      '0.epochs | epochs must be a whole number of at least 1, got 1.5',
      '0.sampler | sampler must be one of random, sobol, grid, tpe, gp, got "tpa"',
      '0.keep | keep must be above 0 and at most 1, got 2',
      '0 | Unrecognized key: "trails"',
    ])
    expect(budgetSchema.safeParse({}).error?.issues[0]?.message).toBe(
      'budget must name either epochs or trials',
    )
  })
})
