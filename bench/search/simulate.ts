import { narrow } from '../../src/search/narrow.ts'
import type { NarrowDecision } from '../../src/search/narrow-decision.ts'
import { isAdaptive, proposeTrial, takenBefore, visibleCount } from '../../src/search/propose-trial.ts'
import type { PastTrial } from '../../src/search/sampler.ts'
import type { StagePlan } from '../../src/search/stage-plan.ts'
import type { Params } from '../../src/space/distribution.ts'
import { pointKey } from '../../src/space/points.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import type { Direction } from '../../src/trial.ts'

/** What is searched, instead of training: a value for params, NaN where the trial would diverge. */
export interface Problem {
  readonly space: SearchSpace
  readonly direction: Direction
  /** `trial` names the noise of a measurement. */
  readonly measure: (params: Params, trial: number) => number
}

export interface SimulatedStudy {
  readonly trials: readonly PastTrial[]
  /** Each stage's box and the decision that led to it. */
  readonly stages: readonly { readonly space: SearchSpace; readonly decision: NarrowDecision | null }[]
}

/** A study as the study loop runs it, with every trial's result there as late as the lag allows. */
export function simulate(
  problem: Problem,
  stages: readonly StagePlan[],
  seed: number,
  lag: number,
): SimulatedStudy {
  const { space: root, direction } = problem
  const all: PastTrial[] = []
  const boxes: SimulatedStudy['stages'][number][] = []
  for (const [stageIndex, stage] of stages.entries()) {
    const before = all.filter((trial) => trial.stage === stageIndex - 1)
    const narrowed =
      stageIndex === 0
        ? null
        : narrow({
            root,
            space: boxes[stageIndex - 1]!.space,
            trials: before,
            direction,
            plan: stage,
            streamName: [seed, 'narrow', stageIndex],
          })
    const stageSpace = narrowed?.space ?? root
    boxes.push({ space: stageSpace, decision: narrowed?.decision ?? null })
    runStage({ problem, stages, stageIndex, stageSpace, seed, lag, all })
  }
  return { trials: all, stages: boxes }
}

interface StageSimulation {
  readonly problem: Problem
  readonly stages: readonly StagePlan[]
  readonly stageIndex: number
  readonly stageSpace: SearchSpace
  readonly seed: number
  readonly lag: number
  /** Grows by the stage's trials. */
  readonly all: PastTrial[]
}

function runStage({ problem, stages, stageIndex, stageSpace, seed, lag, all }: StageSimulation): void {
  const stage = stages[stageIndex]!
  const earlier = all.slice()
  const taken = takenBefore(stages, stageIndex, earlier)
  for (let index = 0; index < stage.trials; index++) {
    const visible = isAdaptive(stage) ? earlier.length + visibleCount(index, lag) : earlier.length
    const { params } = proposeTrial({
      seed,
      stages,
      stage: stageIndex,
      index,
      space: stageSpace,
      root: problem.space,
      direction: problem.direction,
      earlier,
      history: all.slice(earlier.length, visible),
      pending: all.slice(visible).map((trial) => trial.params),
      taken,
    })
    taken.add(pointKey(params))
    const value = problem.measure(params, all.length)
    const complete = Number.isFinite(value)
    all.push({
      number: all.length,
      stage: stageIndex,
      params,
      state: complete ? 'complete' : 'diverged',
      value: complete ? value : null,
      epochs: stage.epochs,
    })
  }
}
