import { expectWinner } from '../../src/search/expected-value.ts'
import { rankTrials } from '../../src/search/rank.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import type { StagePlan } from '../../src/search/stage-plan.ts'
import type { Problem, SimulatedStudy } from './simulate.ts'

/** The trial that a study reports as its winner: where values are noisy, not the luckiest. */
export function reportedWinner(
  { direction }: Problem,
  { trials, stages: boxes }: SimulatedStudy,
  stages: readonly StagePlan[],
): PastTrial {
  const best = rankTrials(trials, direction)[0]!
  const { space } = boxes.at(-1)!
  const expectation = expectWinner({ space, trials, stages, direction, best: best.number })
  return expectation === null ? best : trials[expectation.chosen.trial]!
}
