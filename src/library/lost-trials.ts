import type { StudyEvent } from '../study/events.ts'
import { shorten } from '../text/quote.ts'
import type { TrialRecord } from '../trial.ts'

/** The longest text of an error that is quoted. */
const MOST_CHARACTERS = 300

/** The trials of a run that gave no value: nobody in code sees them but who looks for them. */
export class LostTrials {
  readonly #lost: Record<'failed' | 'diverged', TrialRecord[]> = { failed: [], diverged: [] }

  listen(event: StudyEvent): void {
    if (event.kind !== 'trial-finished') return
    const { record } = event
    if (record.state === 'failed' || record.state === 'diverged') this.#lost[record.state].push(record)
  }

  /** A sentence on those that failed, and on divergences where no trial succeeded; null if there is nothing to say. */
  sentence(hasBest: boolean): string | null {
    const { failed, diverged } = this.#lost
    if (failed.length > 0) return describe(failed)
    return hasBest || diverged.length === 0 ? null : describe(diverged)
  }
}

function describe(lost: readonly TrialRecord[]): string {
  const { number, state, error } = lost.reduce((first, trial) =>
    trial.number < first.number ? trial : first,
  )
  const reason = shorten((error?.message ?? 'it gave no reason').replace(/\.$/, ''), MOST_CHARACTERS)
  return lost.length === 1
    ? `Trial ${number} ${state}: ${reason}.`
    : `${lost.length} trials ${state}, the first of them, trial ${number}, with: ${reason}.`
}
