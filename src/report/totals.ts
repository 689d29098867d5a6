import { addInterval, runningTime } from '../store/running-time.ts'
import type { Interval, StageTotals, StudyReader } from '../store/store.ts'
import { ALL_STATES, FINISHED_STATES, noTrials, type StageIndex, type TrialState } from '../trial.ts'

/** What some trials came to. */
export interface Totals {
  readonly counts: Readonly<Record<TrialState, number>>
  /** How many have ended. */
  readonly finished: number
  /** Epochs that the finished ones ran. */
  readonly epochs: number
  /** The sum of their times, in milliseconds: what one worker would have taken. */
  readonly workMs: number
}

/** How long trials ran, in milliseconds: from the first start to the last end without pauses. */
export interface RunningTimes {
  /** Null if no trial has ended. */
  readonly all: number | null
  readonly stages: ReadonlyMap<StageIndex, number>
}

export const NO_TRIALS: Totals = {
  counts: noTrials(),
  finished: 0,
  epochs: 0,
  workMs: 0,
}

/** The totals of each stage of a study, by index, and of the whole of it. */
export function readTotals(
  reader: StudyReader,
  study: number,
): { readonly all: Totals; readonly stages: readonly Totals[] } {
  const stages: Totals[] = []
  const read = reader.totals(study)
  for (const stage of read) {
    while (stages.length < stage.stage) stages.push(NO_TRIALS)
    stages[stage.stage] = sumOf([stage])
  }
  return { all: sumOf(read), stages }
}

/** How long the trials of each stage of a study ran, and all of them. In a large store this takes longer than all counts. */
export function readRunningTimes(reader: StudyReader, study: number): RunningTimes {
  const ran = reader.runningTimes(study)
  return {
    all: runningTime([...ran.values()].flat().reduce<readonly Interval[]>(addInterval, [])),
    stages: new Map([...ran].map(([stage, times]) => [stage, runningTime(times)!])),
  }
}

function sumOf(stages: readonly StageTotals[]): Totals {
  const counts = noTrials()
  for (const stage of stages) {
    for (const state of ALL_STATES) counts[state] += stage.counts[state]
  }
  return {
    counts,
    finished: FINISHED_STATES.reduce((sum, state) => sum + counts[state], 0),
    epochs: stages.reduce((sum, { epochs }) => sum + epochs, 0),
    workMs: stages.reduce((sum, { workMs }) => sum + workMs, 0),
  }
}
