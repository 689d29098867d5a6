import { describe, expect, it } from 'vitest'
import { planStages, type StageEntry, type StudyBudget } from '../../src/search/plan.ts'

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
    const alone = (trials: number) => planStages({ stages: [{ trials }] }).stages[0]!.sampler
    expect([500, 501].map(alone)).toEqual(['gp', 'tpe'])
    expect(samplers(5, 1, 9)).toEqual(['gp', 'gp', 'gp'])
    // Replicates are the same points again: there is no next box to see the whole range for.
    const replicate = { replicate: { top: 2, seeds: 2 } }
    expect(planStages({ stages: [{ trials: 32 }, replicate] }).stages[0]!.sampler).toBe('gp')
  })

  it('is one stage for a budget of trials where epochs mean nothing here', () => {
    const { stages } = planStages({ budget: { trials: 64 }, epochsMatter: false })
    expect(stages).toMatchObject([{ name: 'search', trials: 64, epochs: 1, sampler: 'gp' }])
    expect(planStages({ budget: { trials: 64 } }).stages).toHaveLength(2)
    expect(planStages({ budget: { epochs: 64 }, epochsMatter: false }).stages).toHaveLength(2)
    expect(planStages({ epochsMatter: false }).stages).toHaveLength(2)
  })

  it('tells what does not fit, and where', () => {
    const messages = (input: Parameters<typeof planStages>[0]): string[] =>
      planStages(input).mistakes.map(({ path, message }) => `${path.join('.')} | ${message}`)
    expect(messages({ stages: [] })).toEqual(['stages | stages: at least one stage is needed, got none'])
    expect(messages({ stages: [{ name: 'coarse' }] })).toEqual([
      'stages.0 | stages[0]: trials is missing. Set it, or set budget: { epochs: N }.',
    ])
    expect(planStages({ stages: [{}] }).stages[0]!.trials).toBe(0)
    expect(messages({ stages: [{ trials: 401 }], budget: { epochs: 400 } })).toEqual([
      "budget.epochs | budget: the stages' trials take 401 epochs, more than the 400 allowed. Raise it, or use fewer trials.",
    ])
    expect(messages({ budget: { epochs: 3 } })).toEqual([
      'budget.epochs | budget: 3 epochs leave no trials for stages[0]. Raise it, or drop a stage.',
      'budget.epochs | budget: 3 epochs leave no trials for stages[1]. Raise it, or drop a stage.',
    ])
    const twice = [{ trials: 4, name: 'a' }, { trials: 4 }, { trials: 4, name: 'a' }]
    expect(messages({ stages: twice })).toEqual([
      'stages.2.name | stages[2]: the name "a" is taken by another stage',
    ])
    expect(
      messages({
        stages: [
          { trials: 4, warmStart: true },
          { trials: 4, warmStart: true },
        ],
      }),
    ).toEqual([
      'stages.0.warmStart | stages[0]: warmStart continues the trials of the stage before, but there is none. Drop it.',
    ])
    const startWith = [{ a: 1 }, { a: 2 }]
    expect(messages({ stages: [{ trials: 2, startWith }] })).toEqual([])
    expect(messages({ stages: [{ trials: 1, startWith }] })).toEqual([
      'stages.0.startWith | stages[0]: startWith has 2 points for 1 trials. Raise trials, or drop some points.',
    ])
    expect(messages({ stages: [{ trials: 4, reduce: 3 }] })).toEqual([
      'stages.0.reduce | stages[0]: reduce applies only to a stage with rungs. Add rungs: true, or drop it.',
    ])
    expect(messages({ stages: [{ trials: 4, epochs: 9, reduce: 3, rungs: true }, { trials: 1 }] })).toEqual(
      [],
    )
  })

  it('takes a budget that is spent to the last epoch or trial, and says where none is left', () => {
    const planned = (stages: readonly StageEntry[], budget: StudyBudget) => {
      const { stages: made, mistakes } = planStages({ stages, budget })
      return [made.map(({ trials }) => trials), mistakes.map(({ message }) => message)]
    }
    // Two trials of one epoch and three of five are 17 epochs, and five trials.
    const entries = [{ trials: 2 }, { trials: 3 }]
    expect(planned(entries, { epochs: 17 })).toEqual([[2, 3], []])
    expect(planned(entries, { trials: 5 })).toEqual([[2, 3], []])
    expect(planned(entries, { epochs: 16 })[1]).toEqual([expect.stringMatching('take 17 epochs')])
    expect(planned(entries, { trials: 4 })).toEqual([
      [2, 3],
      ["budget: the stages' trials take 5 trials, more than the 4 allowed. Raise it, or use fewer trials."],
    ])
    const open = [{ trials: 2 }, { trials: 3 }, { epochs: 4 }]
    expect(planned(open, { epochs: 21 })).toEqual([[2, 3, 1], []])
    expect(planned(open, { epochs: 20 })).toEqual([
      [2, 3, 0],
      ['budget: 20 epochs leave no trials for stages[2]. Raise it, or drop a stage.'],
    ])
    expect(planned(open, { trials: 5 })[1]).toEqual([
      'budget: 5 trials leave no trials for stages[2]. Raise it, or drop a stage.',
    ])
    expect(planned(open, { epochs: 10 })).toEqual([[2, 3, 0], [expect.stringMatching('take 17 epochs')]])
  })

  it('gives a first stage without trials a quarter of what the others leave, or all of it if it is alone', () => {
    const trials = (stages: readonly StageEntry[], budget: StudyBudget) =>
      planStages({ stages, budget }).stages.map((stage) => stage.trials)
    expect(trials([{}, {}, {}], { trials: 80 })).toEqual([20, 30, 30])
    expect(trials([{}, { trials: 20 }, {}], { trials: 100 })).toEqual([20, 20, 60])
    expect(trials([{}, { trials: 20 }], { trials: 100 })).toEqual([80, 20])
    expect(trials([{ trials: 20 }, {}], { trials: 100 })).toEqual([20, 80])
    expect(trials([{}], { trials: 7 })).toEqual([7])
    // 7.5 and 22.5 trials.
    expect(trials([{}, {}], { trials: 30 })).toEqual([7, 22])
  })

  it('names the stages by their place, and the last one that draws is the fine one', () => {
    const names = (...stages: readonly StageEntry[]) =>
      planStages({ stages: stages.map((entry) => ({ trials: 8, ...entry })) }).stages.map(({ name }) => name)
    expect(names({})).toEqual(['coarse'])
    expect(names({}, {})).toEqual(['coarse', 'fine'])
    expect(names({}, {}, {}, {})).toEqual(['coarse', 'stage-2', 'stage-3', 'fine'])
    const replicate = { replicate: { top: 4, seeds: 2 } }
    expect(names({}, {}, replicate)).toEqual(['coarse', 'fine', 'replicate'])
    expect(names({}, { name: 'mine' }, {})).toEqual(['coarse', 'mine', 'fine'])
  })

  it('leaves to a stage what it says, and fills in the rest', () => {
    const said = { trials: 8, epochs: 4, sampler: 'tpe', keep: 0.5, margin: 0, rootShare: 0.5, reduce: 2 }
    const given = { ...said, name: 'mine', warmStart: true, rungs: [1, 2], startWith: [{ a: 1 }] }
    const { stages, mistakes } = planStages({ stages: [{ trials: 4 }, given] })
    expect(mistakes).toEqual([])
    expect(stages[1]).toEqual(given)
    expect(stages[0]).toEqual({
      ...{ name: 'coarse', trials: 4, epochs: 1, sampler: 'sobol', keep: 0.2, margin: 0.2, rootShare: 0 },
      ...{ warmStart: false, rungs: [], reduce: 3, startWith: [] },
    })
    const even = planStages({ stages: [{ trials: 4, epochs: 16, rungs: true, reduce: 4 }] }).stages[0]
    expect(even).toMatchObject({ rungs: [1, 4], reduce: 4 })
    expect(planStages({ stages: [{ trials: 4, epochs: 9, rungs: true }] }).stages[0]!.rungs).toEqual([1, 3])
  })

  it('refuses rungs that do not ascend, or that a stage never comes to', () => {
    const wrong = (rungs: number[]) => planStages({ stages: [{ trials: 9, epochs: 9, rungs }] }).mistakes
    expect(wrong([1, 3])).toEqual([])
    expect(wrong([3, 1])).toEqual([
      { path: ['stages', 0, 'rungs'], message: 'stages[0]: rungs must ascend, got [3, 1]' },
    ])
    expect(wrong([3, 3])[0]!.message).toBe('stages[0]: rungs must ascend, got [3, 3]')
    expect(wrong([1, 3, 2]).map(({ message }) => message)).toEqual([
      'stages[0]: rungs must ascend, got [1, 3, 2]',
    ])
    expect(wrong([3, 8])).toEqual([])
    expect(wrong([3, 9])).toEqual([
      {
        path: ['stages', 0, 'rungs'],
        message: "stages[0]: rungs must be below the stage's 9 epochs, got 9. Drop it, or raise epochs.",
      },
    ])
  })
})
