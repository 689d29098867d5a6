import type { Direction } from '../trial.ts'
import { fidelityOf } from './informative.ts'
import { compareTrials, hasValue, isBad } from './rank.ts'
import type { PastTrial, ProposalRequest } from './sampler.ts'

/** The trials whose values were measured after the same epochs. */
export interface Standing {
  /** How many say something: with a value, diverged or failed. */
  readonly count: number
  /** The best of them, best first, `MOST_RANKED` at most. */
  readonly best: readonly PastTrial[]
}

/** As many of a group's best trials are ranked. */
export const MOST_RANKED = 225

/** What was worked out of the trials of a request, to be continued as its history grows. */
interface Known {
  readonly earlier: readonly PastTrial[]
  readonly stages: ProposalRequest['stages']
  readonly direction: Direction
  readonly groups: Map<number, { count: number; readonly best: PastTrial[] }>
  /** How many have a value. */
  valued: number
  /** How many trials of the history are in. */
  read: number
}

const known = new WeakMap<readonly PastTrial[], Known>()

/**
 * The informative trials that a request sees, by the epochs of their values in order of their first one, and how many
 * have a value. For a history that grows between requests only what is new is looked at: the hundred thousandth
 * proposal costs what the thousandth does.
 */
export function standings({ earlier, history, stages, direction }: ProposalRequest): {
  readonly groups: ReadonlyMap<number, Standing>
  readonly valued: number
} {
  let found = known.get(history)
  const fits = found?.earlier === earlier && found.stages === stages && found.direction === direction
  if (found === undefined || !fits || found.read > history.length) {
    found = { earlier, stages, direction, groups: new Map(), valued: 0, read: 0 }
    for (const trial of earlier) add(found, trial)
    known.set(history, found)
  }
  for (; found.read < history.length; found.read++) add(found, history[found.read]!)
  return found
}

function add(known: Known, trial: PastTrial): void {
  const { groups, stages, direction } = known
  if (hasValue(trial)) known.valued++
  else if (!isBad(trial)) return
  const fidelity = fidelityOf(trial, stages)
  let group = groups.get(fidelity)
  if (group === undefined) {
    group = { count: 0, best: [] }
    groups.set(fidelity, group)
  }
  group.count++
  insert(group.best, trial, direction)
}

/** Puts a trial at its rank, if it is among the best. */
function insert(best: PastTrial[], trial: PastTrial, direction: Direction): void {
  let low = 0
  let high = best.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareTrials(best[middle]!, trial, direction) < 0) low = middle + 1
    else high = middle
  }
  if (low === MOST_RANKED) return
  best.splice(low, 0, trial)
  if (best.length > MOST_RANKED) best.pop()
}
