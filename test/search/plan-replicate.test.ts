import { describe, expect, it } from 'vitest'
import { importedStage } from '../../src/search/imported-stages.ts'
import { planStages, type StageEntry } from '../../src/search/plan.ts'

const plan = (...stages: readonly StageEntry[]) => planStages({ stages })
const replicate = { top: 3, seeds: 2 }
const mistakes = (...stages: readonly StageEntry[]) =>
  plan(...stages).mistakes.map(({ path, message }) => `${path.join('.')} | ${message}`)

describe('a stage of replicates', () => {
  it('has top times seeds trials of the epochs of the stage before', () => {
    const { stages, mistakes } = plan({ trials: 20, epochs: 2 }, { trials: 10, epochs: 7 }, { replicate })
    expect(mistakes).toEqual([])
    expect(stages.map(({ name, trials, epochs }) => [name, trials, epochs])).toEqual([
      ['coarse', 20, 2],
      ['fine', 10, 7],
      ['replicate', 6, 7],
    ])
    expect(stages[2]).toMatchObject({ replicate, sampler: 'random', rootShare: 0, warmStart: false })
    expect(planStages({ stages }).stages).toEqual(stages)
    expect(plan({ trials: 20 }, { replicate, name: 'again' }).stages[1]!.name).toBe('again')
  })

  it('has the epochs that are planned for the stage before where this says none', () => {
    const epochs = (...stages: readonly StageEntry[]) => plan(...stages).stages.map((stage) => stage.epochs)
    expect(epochs({ trials: 9 }, { replicate })).toEqual([1, 1])
    expect(epochs({ trials: 9 }, { trials: 9 }, { replicate })).toEqual([1, 5, 5])
    expect(epochs({ trials: 9, epochs: 3 }, importedStage('old', 4, 7, true), { replicate })).toEqual([
      3, 7, 3,
    ])
  })

  it('may say again what follows from the others', () => {
    const nothing = { warmStart: false, startWith: [], rungs: [] }
    expect(mistakes({ trials: 9, epochs: 9 }, { replicate, trials: 6, epochs: 9, ...nothing })).toEqual([])
    expect(mistakes({ trials: 9 }, { replicate, epochs: 1 })).toEqual([])
  })

  it('is refused first, before others, or with what does not apply', () => {
    const first =
      'stages.0.replicate | stages[0]: replicate reruns the best trials, but there is no stage before it. Drop it.'
    expect(mistakes({ replicate, epochs: 3 })).toEqual([first])
    expect(mistakes({ replicate })).toEqual([first])
    expect(mistakes({ trials: 9, epochs: 1 }, { replicate }, { trials: 3, epochs: 1 })).toEqual([
      'stages.1.replicate | stages[1]: replicate must be the last stage. Move it to the end.',
    ])
    const all = { trials: 5, epochs: 2, warmStart: true, startWith: [{ a: 1 }], rungs: [1] }
    const notThese = [
      'stages.1.trials | stages[1]: trials must be top · seeds = 6 in a replicate stage, got 5. Drop it.',
      'stages.1.epochs | stages[1]: epochs must be those of the stage before, 3, got 2. Drop it.',
      'stages.1.warmStart | stages[1]: replicates start from scratch: warmStart does not apply. Drop it.',
      'stages.1.startWith | stages[1]: replicates run the best points: startWith does not apply. Drop it.',
      'stages.1.rungs | stages[1]: replicates run all their epochs: rungs does not apply. Drop it.',
    ]
    expect(mistakes({ trials: 9, epochs: 3 }, { replicate, ...all })).toEqual(notThese)
    expect(mistakes({ trials: 9 }, { replicate, epochs: 5 })).toEqual([
      'stages.1.epochs | stages[1]: epochs must be those of the stage before, 1, got 5. Drop it.',
    ])
    expect(mistakes({ trials: 9, epochs: 9 }, { replicate, rungs: true })).toEqual([notThese[4]])
  })
})
