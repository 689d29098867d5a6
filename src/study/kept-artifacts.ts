import { compareTrials } from '../search/rank.ts'
import type { Direction, TrialRecord } from '../trial.ts'

/** Which trials' artifacts the store keeps while a study runs. */
export interface KeptArtifacts {
  /** Takes a finished trial in, if it is among the best; returns whether its artifact is to be kept. */
  offer(record: TrialRecord): boolean
  /** Numbers of all trials whose artifacts are kept. */
  numbers(): number[]
}

/**
 * Keeps the `best` best trials of the whole study (their networks are what a search is for), and the best
 * `nextStage` trials of the running stage, which a later stage continues.
 *
 * @param earlier complete trials of earlier stages and of this one, as a resume finds them.
 */
export function keepArtifacts(
  direction: Direction,
  stage: number,
  best: number,
  nextStage: number,
  earlier: readonly TrialRecord[],
): KeptArtifacts {
  const overall = new BestFew(direction, best)
  const ofStage = new BestFew(direction, nextStage)
  const offer = (record: TrialRecord): boolean => {
    if (record.state !== 'complete' && record.state !== 'pruned') return false
    const isBest = overall.offer(record)
    const isPromoted = record.stage === stage && ofStage.offer(record)
    return isBest || isPromoted
  }
  for (const record of earlier) offer(record)
  return { offer, numbers: () => [...new Set([...overall.numbers(), ...ofStage.numbers()])] }
}

/** The best `size` of all that were offered, in order of rank. */
class BestFew {
  readonly #direction: Direction
  readonly #size: number
  readonly #records: TrialRecord[] = []

  constructor(direction: Direction, size: number) {
    this.#direction = direction
    this.#size = size
  }

  offer(record: TrialRecord): boolean {
    const worse = this.#records.findIndex((held) => compareTrials(record, held, this.#direction) < 0)
    const rank = worse === -1 ? this.#records.length : worse
    if (rank >= this.#size) return false
    this.#records.splice(rank, 0, record)
    if (this.#records.length > this.#size) this.#records.pop()
    return true
  }

  numbers(): number[] {
    return this.#records.map((record) => record.number)
  }
}
