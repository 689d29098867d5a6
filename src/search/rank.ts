import { type Direction, TRIAL_STATES, type TrialState } from '../trial.ts'

/** What ranking looks at. A TrialRecord has all of it. */
export interface Ranked {
  readonly number: number
  readonly state: TrialState
  readonly value: number | null
  /** How many epochs it ran: among pruned trials, the longer one got further. */
  readonly epochs?: number
  /** The objective's second metric, signed so that lower is better; null or left out if it has none. */
  readonly tie?: number | null
  readonly budget?: { readonly epochs: number }
}

/** Whether a trial ended with a value to compare. */
export function hasValue(trial: Ranked): boolean {
  return TRIAL_STATES[trial.state].ranked && trial.value !== null
}

/** Whether a trial says that its place is bad: it diverged, or failed after its retries. */
export function isBad({ state }: { readonly state: TrialState }): boolean {
  return TRIAL_STATES[state].bad
}

/** The same, on any machine: a failure may be the machine's. */
export function isBadAnywhere({ state }: { readonly state: TrialState }): boolean {
  return TRIAL_STATES[state].bad && TRIAL_STATES[state].reproducible
}

/**
 * Compares two trials, the better first: complete ones, then pruned, diverged, failed and unfinished ones. Pruned
 * trials go by epochs, the longer first; then values decide, then `tie`, the deeper budget, and the lower number.
 * For Array.sort. This is the only ranking; the store's SQL agrees with it.
 */
export function compareTrials(a: Ranked, b: Ranked, direction: Direction): number {
  const byMerit = compareMerit(a, b, direction)
  if (byMerit !== 0) return byMerit
  const byBudget = (b.budget?.epochs ?? 0) - (a.budget?.epochs ?? 0)
  return byBudget === 0 ? a.number - b.number : byBudget
}

/** Whether two trials tie in all that was measured: only their budgets and numbers may differ. */
export function areTied(a: Ranked, b: Ranked, direction: Direction): boolean {
  return compareMerit(a, b, direction) === 0
}

/** The trials, best first; a new array. Compare only trials of one budget: values of different epochs are not comparable. */
export function rankTrials<T extends Ranked>(trials: readonly T[], direction: Direction): T[] {
  return trials.toSorted((a, b) => compareTrials(a, b, direction))
}

/** What states, epochs of pruned trials, values and second metrics say. */
function compareMerit(a: Ranked, b: Ranked, direction: Direction): number {
  const byState = stateRank(a) - stateRank(b)
  if (byState !== 0 || !hasValue(a)) return byState
  if (a.state === 'pruned' && a.epochs !== b.epochs) return (b.epochs ?? 0) - (a.epochs ?? 0)
  if (a.value !== b.value) {
    const difference = a.value! - b.value!
    return direction === 'minimize' ? difference : -difference
  }
  return compareTies(a.tie ?? null, b.tie ?? null)
}

/** The lower first, none last. */
function compareTies(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return a - b
}

function stateRank(trial: Ranked): number {
  const { ranked, rank } = TRIAL_STATES[trial.state]
  // One that ended without a finite value has no result: it comes last.
  return ranked && trial.value === null ? Number.MAX_SAFE_INTEGER : rank
}
