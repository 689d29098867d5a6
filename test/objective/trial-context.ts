import type { TrialContext } from '../../src/objective/objective.ts'

/** What a trial of one epoch is given, in a stage of its own, with no stop asked for. */
export function trialContext(changes: Partial<TrialContext> = {}): TrialContext {
  return {
    number: 0,
    slot: 0,
    attempt: 1,
    stage: 0,
    folder: '',
    continuedFolder: null,
    warn: () => {},
    params: {},
    budget: { epochs: 1 },
    seed: 5,
    continued: null,
    stopRequested: () => false,
    signal: new AbortController().signal,
    ...changes,
  }
}
