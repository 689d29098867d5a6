import type { StageRecord, StudyReader } from '../store/store.ts'
import { FINISHED_STATES, type StudyId, type TrialRecord, type TrialState } from '../trial.ts'
import { countOf } from './numbers.ts'
import { oneLine } from './text.ts'

/** A stage in which more trials failed than succeeded or diverged. */
export interface FailingStage {
  readonly name: string
  readonly failed: number
  readonly finished: number
  /** The commonest error, in the words of one of its trials, and how many have it. */
  readonly reason: string
  readonly count: number
}

export function readFailingStages(
  reader: StudyReader,
  study: StudyId,
  stages: readonly {
    readonly record: Pick<StageRecord, 'index' | 'name'>
    readonly counts: Readonly<Record<TrialState, number>>
  }[],
): FailingStage[] {
  return stages.flatMap(({ record, counts }): FailingStage[] => {
    const { failed } = counts
    const finished = FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0)
    if (failed * 2 <= finished) return []
    const trials = reader.trials(study, { stage: record.index, states: ['failed'] })
    const { reason, count } = commonestError(trials)
    return [{ name: record.name, failed, finished, reason, count }]
  })
}

/** Errors that differ in numbers alone are one: "got 1.32" and "got 1.4". */
function commonestError(failed: readonly TrialRecord[]): { readonly reason: string; readonly count: number } {
  const kinds = Map.groupBy(failed, ({ error }) =>
    (error?.message ?? '').replace(/\d+(\.\d+)?(e[+-]?\d+)?/gi, '#'),
  )
  const [most = []] = [...kinds.values()].sort((a, b) => b.length - a.length)
  return { reason: most[0]?.error?.message ?? 'unknown', count: most.length }
}

/** `coarse: 30 of 48 trials failed, 28 of them with: batch_size must be a positive integer, got 0` */
export function failingSentence({ name, failed, finished, reason, count }: FailingStage): string {
  const which = count === failed ? 'all of them' : `${count} of them`
  return `${oneLine(name)}: ${failed} of ${countOf(finished, 'trial')} failed, ${which} with: ${oneLine(reason)}`
}
