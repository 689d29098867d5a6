import type { FinishedState } from '../trial.ts'

/** Words for states, as finesweep, Optuna, Ray, NNI and Weights & Biases write them; null for a trial that has no end. */
const STATES: Readonly<Record<string, FinishedState | null>> = {
  complete: 'complete',
  completed: 'complete',
  finished: 'complete',
  done: 'complete',
  success: 'complete',
  succeeded: 'complete',
  terminated: 'complete',
  pruned: 'pruned',
  stopped: 'pruned',
  early_stopped: 'pruned',
  diverged: 'diverged',
  failed: 'failed',
  fail: 'failed',
  error: 'failed',
  crashed: 'failed',
  running: null,
  waiting: null,
  pending: null,
  paused: null,
  killed: null,
  canceled: null,
  user_canceled: null,
  sys_canceled: null,
  preempting: null,
  preempted: null,
}

/** Null for a trial that has no end; undefined for a word that is none of them. */
export function stateOfWord(word: string): FinishedState | null | undefined {
  const key = word.toLowerCase()
  return Object.hasOwn(STATES, key) ? STATES[key] : undefined
}
