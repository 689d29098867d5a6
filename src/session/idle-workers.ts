import type { OwnSamplers } from '../search/own-samplers.ts'
import { isAdaptive } from '../search/propose-trial.ts'
import type { StagePlan } from '../search/stage-plan.ts'

/**
 * A sentence on workers that a study cannot use: trial n of a stage that learns waits for trials 0 to n - lag, so no more
 * than `lag` of them run at once. Null if all are used, or if no stage learns.
 */
export function describeIdleWorkers(
  workers: number,
  lag: number,
  stages: readonly Pick<StagePlan, 'name' | 'sampler' | 'replicate'>[],
  samplers?: OwnSamplers,
): string | null {
  const learning = stages.filter((stage) => isAdaptive(stage, samplers))
  if (workers <= lag || learning.length === 0) return null
  const names = learning.map(({ name }) => name).join(', ')
  return (
    `${workers} workers for a lag of ${lag}: in ${names}, at most ${lag === 1 ? '1 trial runs' : `${lag} trials run`} at once, ` +
    `so ${workers - lag} of the workers ${workers - lag === 1 ? 'is' : 'are'} idle. Use ${lag === 1 ? '1 worker' : `${lag} workers`}, or a larger lag, which costs quality: each trial learns from fewer results.`
  )
}
