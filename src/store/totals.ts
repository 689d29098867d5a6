import { isFinished, noTrials, type StageIndex, type TrialState } from '../trial.ts'
import type { StageTotals } from './store.ts'

/** What the trials of one stage and state come to. */
export type TotalsRow = readonly [
  stage: StageIndex,
  state: TrialState,
  count: number,
  epochs: number,
  workMs: number,
  /** The first start; null if none has started. */
  from: number | null,
  /** The last end. */
  to: number | null,
]

/** The totals of each stage, in order; one row for each trial, or for all of a stage and state. */
export function addTotals(rows: Iterable<TotalsRow>): StageTotals[] {
  const stages = new Map<StageIndex, { -readonly [Key in keyof StageTotals]: StageTotals[Key] }>()
  for (const [stage, state, count, epochs, workMs, from, to] of rows) {
    const totals = stages.get(stage) ?? {
      stage,
      counts: noTrials(),
      epochs: 0,
      workMs: 0,
      from: null,
      to: null,
    }
    stages.set(stage, totals)
    totals.counts = { ...totals.counts, [state]: totals.counts[state] + count }
    if (!isFinished({ state }) || from === null || to === null) continue
    totals.epochs += epochs
    totals.workMs += workMs
    totals.from = Math.min(totals.from ?? from, from)
    totals.to = Math.max(totals.to ?? to, to)
  }
  return [...stages.values()].sort((a, b) => a.stage - b.stage)
}
