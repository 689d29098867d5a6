/** Trials that last less than this on average, milliseconds, do not pay for a journey of their own. */
const SHORT_MS = 50
/** Trials that last less than this end faster than the next ones can be decided and sent. */
const VERY_SHORT_MS = 10
/** A limit counts as exceeded only from twice its value on, so that a mean near it changes nothing. */
const LEEWAY = 2
/** The weight of the latest trial in the average. */
const LATEST = 0.1

type PerSlot = 1 | 2 | 4

/**
 * How many trials a slot is given at a time. Where trials are short, others wait in the queue while the first one runs, so
 * that a slot never waits for the network. Where they are long they would wait for nothing, and a stop for them.
 */
export class Backlog {
  #meanMs: number | null = null
  #perSlot: PerSlot = 1

  get perSlot(): PerSlot {
    return this.#perSlot
  }

  /** Takes in how long a trial ran. @returns whether `perSlot` has changed */
  ended(durationMs: number): boolean {
    this.#meanMs = this.#meanMs === null ? durationMs : LATEST * durationMs + (1 - LATEST) * this.#meanMs
    const before = this.#perSlot
    const [least, most] = [perSlotFor(this.#meanMs), perSlotFor(this.#meanMs / LEEWAY)]
    if (before < least) this.#perSlot = least
    else if (before > most) this.#perSlot = most
    return this.#perSlot !== before
  }
}

function perSlotFor(meanMs: number): PerSlot {
  if (meanMs < VERY_SHORT_MS) return 4
  return meanMs < SHORT_MS ? 2 : 1
}
