/** A worker's slots, shared by all studies it runs trials of. */
export class Slots {
  readonly #free: number[]
  readonly #waiting: ((slot: number) => void)[] = []

  /** @param count how many; they are numbered from 0 */
  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, slot) => slot)
  }

  /** The lowest free slot, once there is one; in order of the calls. */
  async take(): Promise<number> {
    const slot = this.#free.shift()
    return slot ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  give(slot: number): void {
    const next = this.#waiting.shift()
    if (next !== undefined) {
      next(slot)
      return
    }
    this.#free.push(slot)
    this.#free.sort((a, b) => a - b)
  }
}
