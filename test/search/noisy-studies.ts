import { simulate } from '../../bench/search/simulate.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { normalFromUniform } from '../../src/random/normal.ts'
import { expectWinner, type WinnerExpectation } from '../../src/search/expected-value.ts'
import { planStages } from '../../src/search/plan.ts'
import { rankTrials } from '../../src/search/rank.ts'
import { FUNCTIONS, places, SPACE } from './importance-functions.ts'

/** What a noisy study of 24 and 72 trials says of its winner, and what is true of it. */
export interface JudgedStudy {
  readonly expectation: WinnerExpectation
  /** The winner's measured value and its value without noise, and that of the likeliest. */
  readonly measured: number
  readonly winner: number
  readonly likeliest: number
}

export function judgedStudy(name: string, seed: number, noise: number): JudgedStudy {
  const measure = FUNCTIONS[name]!
  const { stages } = planStages({
    stages: [
      { trials: 24, epochs: 1 },
      { trials: 72, epochs: 1 },
    ],
  })
  const { trials, stages: boxes } = simulate(
    {
      space: SPACE,
      direction: 'minimize',
      measure: (params, trial) =>
        measure(places(params)) +
        noise * normalFromUniform(fastGenerator(['winner', name, seed, trial]).next()),
    },
    stages,
    seed,
    8,
  )
  const best = rankTrials(trials, 'minimize')[0]!
  const expectation = expectWinner({
    space: boxes[1]!.space,
    trials,
    stages,
    direction: 'minimize',
    best: best.number,
  })!
  const truth = (number: number) => measure(places(trials[number]!.params))
  return {
    expectation,
    measured: best.value!,
    winner: truth(best.number),
    likeliest: truth(expectation.likeliest.trial),
  }
}
