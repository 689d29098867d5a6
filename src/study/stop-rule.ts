import type { StopSettings } from '../search/stage-plan.ts'
import type { Direction } from '../trial.ts'
import type { EndedTrial } from './ended-trial.ts'

/** Looks at a stage's finished trials in order of number, so that the same trial decides on any number of workers. */
export class StopRule {
  readonly #settings: StopSettings
  readonly #direction: Direction
  #best: EndedTrial | null = null
  #withoutBetter = 0
  #looked = 0
  #metAt: number | null = null

  constructor(settings: StopSettings, direction: Direction) {
    this.#settings = settings
    this.#direction = direction
  }

  /** Whether it never ends a study, so that no trial has to wait for it. */
  get isOff(): boolean {
    return Object.values(this.#settings).every((setting) => setting === null)
  }

  /** The index of the trial with which the rule was first met; null while it is not. */
  get metAt(): number | null {
    return this.#metAt
  }

  /** Takes in the stage's next finished trial. */
  look(record: EndedTrial): void {
    const index = this.#looked++
    if (this.#metAt !== null) return
    const isBetter = this.#isBetter(record)
    if (isBetter) this.#best = record
    this.#withoutBetter = isBetter ? 0 : this.#withoutBetter + 1
    const { patience } = this.#settings
    if (this.#reachesTarget(record) || (patience !== null && this.#withoutBetter >= patience)) {
      this.#metAt = index
    }
  }

  /** Why the study ends, as a sentence without its full stop. */
  get reason(): string {
    const { target, patience } = this.#settings
    const best = this.#best
    if (best !== null && this.#reachesTarget(best)) {
      return `trial ${best.number} reached the target of ${target} (stop.target)`
    }
    return `${patience} trials in a row brought no improvement (stop.patience)`
  }

  /** An equal value is not an improvement. */
  #isBetter({ state, value }: EndedTrial): boolean {
    if (state !== 'complete' || value === null) return false
    const best = this.#best?.value ?? null
    if (best === null) return true
    return this.#direction === 'minimize' ? value < best : value > best
  }

  #reachesTarget({ state, value }: EndedTrial): boolean {
    const { target } = this.#settings
    if (target === null || state !== 'complete' || value === null) return false
    return this.#direction === 'minimize' ? value <= target : value >= target
  }
}
