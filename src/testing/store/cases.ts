import { type FastGenerator, fastGenerator } from '../../random/fast-generator.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../../trial.ts'

/** Doubles that are easily changed on their way into a store and back. */
const RARE = [0, -0, 1, -1, 0.1, 1e-7, 1e21, 2 ** 53, 5e-324, Number.MAX_VALUE, -Infinity, Infinity, NaN]

const CHARACTERS = [...'aZ0 ."\'\\$%_é日', '👩‍🚀', '\u200d']

const STATES = ['complete', 'pruned', 'diverged', 'failed', 'stopped'] as const

/** Random values for a store; the same seed gives the same ones. */
export class Cases {
  readonly #draws: FastGenerator

  constructor(seed: number, purpose: string) {
    this.#draws = fastGenerator([seed, purpose])
  }

  /** A whole number from 0 to `most`. */
  upTo(most: number): number {
    return this.#draws.below(most + 1)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.#draws.below(values.length)]!
  }

  flag(): boolean {
    return this.#draws.below(2) === 1
  }

  orNull<T>(value: T): T | null {
    return this.#draws.below(4) === 0 ? null : value
  }

  /** Any double: every pattern of bits, and often one of the rare ones. */
  double(): number {
    if (this.flag()) return this.pick(RARE)
    const words = Uint32Array.of(this.#draws.nextUint32(), this.#draws.nextUint32())
    return new Float64Array(words.buffer)[0]!
  }

  duration(): number {
    return this.#draws.next() * 1e9
  }

  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.upTo(most) }, make)
  }

  text(): string {
    return this.pick(CHARACTERS) + this.list(6, () => this.pick(CHARACTERS)).join('')
  }

  record<T>(make: () => T): Record<string, T> {
    return Object.fromEntries(this.list(4, () => [this.text(), make()]))
  }

  /** The spec of a trial; the number is the caller's. */
  spec(): Omit<TrialSpec, 'number'> {
    return {
      stage: this.upTo(3),
      params: this.record(() => this.pick([this.double(), this.text(), this.flag()])),
      seed: this.upTo(2 ** 32 - 2) * 2 ** 16,
      budget: { epochs: this.upTo(100) },
      continues: this.orNull(this.upTo(100)),
    }
  }

  outcome(): TrialOutcome {
    return {
      state: this.pick(STATES),
      measurements: this.#measurements(),
      error: this.orNull({ message: this.text(), code: this.text(), stack: this.orNull(this.text()) }),
      artifact: this.orNull(Uint8Array.from(this.list(20, () => this.upTo(255)))),
      arithmetic: this.orNull(this.text()),
      slot: this.orNull(this.upTo(100)),
      host: this.orNull(this.text()),
      startedAt: this.duration(),
      durationMs: this.duration(),
    }
  }

  #measurements(): TimedMeasurement[] {
    const steps = new Set(this.list(6, () => 1 + this.upTo(1000)))
    return [...steps]
      .sort((a, b) => a - b)
      .map((step) => ({
        step,
        value: this.double(),
        metrics: this.record(() => this.double()),
        seconds: this.duration(),
      }))
  }
}
