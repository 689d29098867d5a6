import type { PastTrial, ProposalRequest } from '../search/sampler.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { Params } from '../space/distribution.ts'
import { pointKey } from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'

/** A finished trial; diverged if its value is NaN. */
export function pastTrial(number: number, params: Params, value: number, stage = 0): PastTrial {
  const complete = Number.isFinite(value)
  return {
    number,
    stage,
    params,
    state: complete ? 'complete' : 'diverged',
    value: complete ? value : null,
    epochs: 1,
  }
}

/** A request for trial `history.length + pending.length` of a first stage. */
export function request(
  space: SearchSpace,
  seed: number,
  history: readonly PastTrial[],
  pending: readonly Params[] = [],
  trials = 64,
): ProposalRequest {
  const index = history.length + pending.length
  return {
    seed,
    stages: [stage({ trials })],
    stage: 0,
    index,
    space,
    root: space,
    earlier: [],
    history,
    pending,
    taken: new Set([...history.map(({ params }) => params), ...pending].map(pointKey)),
    direction: 'minimize',
  }
}

/** A stage with every field set. */
export function stage(changes: Partial<StagePlan> = {}): StagePlan {
  return {
    name: 'coarse',
    trials: 32,
    epochs: 1,
    sampler: 'random',
    keep: 0.2,
    margin: 0.2,
    rootShare: 0,
    warmStart: false,
    rungs: [],
    reduce: 3,
    startWith: [],
    ...changes,
  }
}
