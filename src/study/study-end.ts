import { isListed } from '../search/admissible.ts'
import { REPLICATE_SAMPLER } from '../search/replication.ts'
import { SAMPLER_NAMES } from '../search/stage-plan.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { StageRecord, StudyState } from '../store/store.ts'
import type { StudyLimits } from './open-stage.ts'
import type { TrialQueue } from './trial-queue.ts'

/** How a study ended. */
export interface StudyEnd {
  readonly state: StudyState
  /** Null if every trial of every stage has ended. */
  readonly endReason: string | null
}

/**
 * How the study ends with this stage, of which no trial runs; null if the stage is complete or goes on.
 * @param isLast whether no stage follows: a stop rule that no trial was left for has then ended nothing
 */
export function endWith(
  { maxFailures, maxEpochs }: Omit<StudyLimits, 'trialTimeoutMs'>,
  queue: TrialQueue,
  isLast: boolean,
): StudyEnd | null {
  if (queue.end === 'too-many-failures') {
    return { state: 'failed', endReason: `${maxFailures} trials failed in a row` }
  }
  if (!queue.complete) return null
  if (queue.stopReason !== null && (queue.end === 'stop-rule' || !isLast)) {
    return { state: 'complete', endReason: queue.stopReason }
  }
  if (queue.end !== 'out-of-epochs') return null
  return { state: 'complete', endReason: `limit of ${maxEpochs} epochs reached` }
}

/**
 * Why a stage has fewer trials than planned, although the study goes on.
 * @param root the whole space: a stage whose ranges are others has tried these alone
 */
export function exhaustedReason(
  { name, sampler, space }: Pick<StageRecord, 'name' | 'sampler' | 'space'>,
  { finished }: Pick<TrialQueue, 'finished'>,
  root: SearchSpace,
): string {
  const trials = `(${finished} ${finished === 1 ? 'trial' : 'trials'})`
  if (sampler === REPLICATE_SAMPLER) {
    if (finished === 0) return `stage ${name} has no trial to rerun`
    return `stage ${name} has rerun all available points with each of its seeds ${trials}`
  }
  if (!SAMPLER_NAMES.some((known) => known === sampler)) {
    return `sampler ${sampler} proposed a point for stage ${name} that had already been tried ${trials}`
  }
  const isWhole = JSON.stringify(space.parameters) === JSON.stringify(root.parameters)
  const where = isWhole ? '' : ' in its ranges'
  if (!isListed(space)) {
    const which = space.constraints.length > 0 ? 'satisfies require' : 'has not been tried'
    return `stage ${name} has found no further point${where} that ${which} ${trials}`
  }
  if (finished === 0) return `stage ${name} has no point${where} that has not been tried`
  return `stage ${name} has tried every possible point${where} ${trials}`
}

export function completeEnd(reasons: readonly string[]): StudyEnd {
  return { state: 'complete', endReason: reasons.length === 0 ? null : reasons.join('; ') }
}
