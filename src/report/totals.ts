import type { StudyReader } from '../store/store.ts'
import { streamTrials } from '../study/trial-stream.ts'
import { FINISHED_STATES, isFinished, noTrials, type TrialRecord, type TrialState } from '../trial.ts'

/** What some trials came to. */
export interface Totals {
  readonly counts: Readonly<Record<TrialState, number>>
  /** How many have ended. */
  readonly finished: number
  /** Epochs that the finished ones ran. */
  readonly epochs: number
  /** The sum of their times, in milliseconds: what one worker would have taken. */
  readonly workMs: number
  /** From the first start to the last end, in milliseconds; null if none has ended. */
  readonly spanMs: number | null
}

export const NO_TRIALS: Totals = {
  counts: noTrials(),
  finished: 0,
  epochs: 0,
  workMs: 0,
  spanMs: null,
}

/** The totals of each stage of a study, in order, and of the whole of it. */
export function readTotals(
  reader: StudyReader,
  study: number,
): { readonly all: Totals; readonly stages: readonly Totals[] } {
  const all = new Adding()
  const stages: Adding[] = []
  for (const trial of streamTrials(reader, study)) {
    all.add(trial)
    while (stages.length <= trial.stage) stages.push(new Adding())
    stages[trial.stage]!.add(trial)
  }
  return { all: all.totals(), stages: stages.map((stage) => stage.totals()) }
}

class Adding {
  readonly #counts = noTrials()
  #epochs = 0
  #workMs = 0
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY

  add(trial: TrialRecord): void {
    const { state, epochs, startedAt, durationMs } = trial
    this.#counts[state]++
    if (!isFinished(trial) || startedAt === null) return
    this.#epochs += epochs
    this.#workMs += durationMs ?? 0
    this.#from = Math.min(this.#from, startedAt)
    this.#to = Math.max(this.#to, startedAt + (durationMs ?? 0))
  }

  totals(): Totals {
    return {
      counts: { ...this.#counts },
      finished: FINISHED_STATES.reduce((sum, state) => sum + this.#counts[state], 0),
      epochs: this.#epochs,
      workMs: this.#workMs,
      spanMs: this.#to >= this.#from ? this.#to - this.#from : null,
    }
  }
}
