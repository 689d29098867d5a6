import { isFinished, noTrials, type StageIndex, type TrialState } from '../trial.ts'
import type { StageTotals } from './store.ts'

/** What the trials of one stage and state come to. */
export type TotalsRow = readonly [
  stage: StageIndex,
  state: TrialState,
  count: number,
  epochs: number,
  workMs: number,
]

/**
 * The totals of each stage, in order.
 *
 * @param rows one for each trial, or for all of a stage and state
 */
export function addTotals(rows: Iterable<TotalsRow>): StageTotals[] {
  const stages = new Map<StageIndex, { -readonly [Key in keyof StageTotals]: StageTotals[Key] }>()
  for (const [stage, state, count, epochs, workMs] of rows) {
    const none = { stage, counts: noTrials(), epochs: 0, workMs: 0 }
    const totals = stages.get(stage) ?? none
    stages.set(stage, totals)
    totals.counts = { ...totals.counts, [state]: totals.counts[state] + count }
    if (!isFinished({ state })) continue
    totals.epochs += epochs
    totals.workMs += workMs
  }
  return [...stages.values()].sort((a, b) => a.stage - b.stage)
}
