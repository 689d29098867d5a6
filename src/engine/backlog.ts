/** Trials that last less than this on average do not pay for a journey of their own. */
const SHORT_MS = 50
/** From here on they do again. */
const LONG_MS = 100
/** The weight of the latest trial in the average. */
const LATEST = 0.1

/**
 * How many trials a slot is given at a time. Where trials are short, a second one waits in the queue while the first one
 * runs, so that a slot never waits for the network. Where they are long it would wait for nothing, and a stop for it.
 */
export class Backlog {
  #meanMs: number | null = null
  #perSlot: 1 | 2 = 1

  get perSlot(): 1 | 2 {
    return this.#perSlot
  }

  /** Takes in how long a trial ran. @returns whether `perSlot` has changed */
  ended(durationMs: number): boolean {
    this.#meanMs = this.#meanMs === null ? durationMs : LATEST * durationMs + (1 - LATEST) * this.#meanMs
    const before = this.#perSlot
    if (this.#meanMs < SHORT_MS) this.#perSlot = 2
    else if (this.#meanMs > LONG_MS) this.#perSlot = 1
    return this.#perSlot !== before
  }
}
