import type { Direction } from '../trial.ts'

/** Of how many trials about one goes on past a rung, where a stage does not say. */
export const DEFAULT_REDUCE = 3

/** Epochs / reduce, / reduce², … down to 1, ascending. */
export function evenRungs(epochs: number, reduce: number): number[] {
  const rungs = new Set<number>()
  for (let at = epochs / reduce; at >= 1; at /= reduce) rungs.add(Math.round(at))
  return [...rungs].filter((at) => at < epochs).sort((a, b) => a - b)
}

/** How a trial compares with those of lower numbers that came as far as it. */
export interface RungDecision {
  /** How many trials of lower numbers reached the rung, or diverged before it. */
  readonly peers: number
  /** How many of them were at least as good. */
  readonly ahead: number
  /** The trial goes on if fewer than this many are ahead. */
  readonly allowed: number
  readonly goesOn: boolean
}

/** With fewer peers there is nothing to compare with. */
export const LEAST_PEERS = 2

/**
 * Whether a trial goes on past a rung: successive halving as a rule of lower numbers alone (K. Jamieson and A. Talwalkar,
 * 2016; asynchronous as in L. Li and others, 2020, but for its dependence on time). Between equal values the lower
 * number is ahead.
 *
 * @param value the trial's value at the rung
 * @param peers the values there of all trials of lower numbers that reached it; null for one that diverged before
 * @param reduce above 1
 */
export function decideAtRung(
  value: number,
  peers: readonly (number | null)[],
  reduce: number,
  direction: Direction,
): RungDecision {
  const isAhead = (peer: number | null): boolean =>
    peer !== null && (direction === 'minimize' ? peer <= value : peer >= value)
  const ahead = peers.filter(isAhead).length
  const allowed = Math.ceil((peers.length + 1) / reduce)
  return { peers: peers.length, ahead, allowed, goesOn: peers.length < LEAST_PEERS || ahead < allowed }
}

/**
 * How far behind a trial the results lie that its sampler sees: for each rung, and last for the end of a trial. Long
 * trials are seen later, in proportion to the epochs that a trial runs on average, so that one of them holds up no
 * others; what is seen of them before is their value at the rung.
 */
export function lagsByRung(
  rungs: readonly number[],
  epochs: number,
  reduce: number,
  lag: number,
): readonly number[] {
  const ends = [...rungs, epochs]
  let expected = 0
  let reaching = 1
  for (const [k, end] of ends.entries()) {
    expected += (end - (ends[k - 1] ?? 0)) * reaching
    reaching /= reduce
  }
  return rungs.length === 0 ? [lag] : ends.map((end) => Math.max(lag, Math.ceil((lag * end) / expected)))
}
