/** What a training has seen of itself: its best epoch so far and how long ago that was. */
export interface BestEpoch {
  /** Counts from 1; 0 before the first. */
  readonly epoch: number
  readonly value: number
  /** Epochs since the best one. */
  readonly waited: number
}

/** Before the first epoch: any number is better. */
export const NO_EPOCH: BestEpoch = Object.freeze({ epoch: 0, value: Number.NaN, waited: 0 })

/** The best epoch after one more of the given value; of equals the first stays. */
export function afterEpoch(
  best: BestEpoch,
  epoch: number,
  value: number,
  direction: 'minimize' | 'maximize',
): BestEpoch {
  const better = best.epoch === 0 || (direction === 'maximize' ? value > best.value : value < best.value)
  return better ? { epoch, value, waited: 0 } : { ...best, waited: best.waited + 1 }
}

/** True when the best epoch lies `patience` epochs back: time to stop early. Never with null. */
export function isOutOfPatience(best: BestEpoch, patience: number | null): boolean {
  return patience !== null && best.waited >= patience
}
