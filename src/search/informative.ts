import { hasValue, isBad } from './rank.ts'
import type { PastTrial, ProposalRequest } from './sampler.ts'

/** With fewer finished trials there is too little to learn from: the first ones are spread evenly. */
const TRIALS_TO_LEARN_FROM = 6

/**
 * The finished trials that say something: with a value, or diverged or failed (they say where not to look). Null while
 * there are too few, in the study so far, to learn from.
 */
export function informativeTrials(request: ProposalRequest): PastTrial[] | null {
  const { earlier, history } = request
  if (!hasEnoughToLearnFrom(request)) return null
  const trials = [...earlier, ...history].filter((trial) => hasValue(trial) || isBad(trial))
  return trials.filter(hasValue).length < 2 ? null : trials
}

/** Whether the study has come far enough to learn from its trials. */
export function hasEnoughToLearnFrom({ earlier, history }: ProposalRequest): boolean {
  return earlier.length + history.length >= TRIALS_TO_LEARN_FROM
}

/** Trials by the fidelity of their values, because only values within a group are comparable. */
export function byFidelity(
  trials: readonly PastTrial[],
  stages: readonly { readonly epochs: number }[],
): Map<number, PastTrial[]> {
  return Map.groupBy(trials, (trial) => fidelityOf(trial, stages))
}

/**
 * How far a value was trained, as a number that is larger for more: the planned epochs of a trial that ran them. That of a
 * pruned trial lies just below the epochs it ran, by less the more were planned, because a schedule may make epoch 3 of 27
 * another than epoch 3 of 3.
 */
export function fidelityOf(
  { state, epochs, stage }: PastTrial,
  stages: readonly { readonly epochs: number }[],
): number {
  const planned = stages[stage]?.epochs ?? 0
  return state === 'pruned' ? epochs - 1 / (planned + 1) : planned
}
