import type { StudyId, TimedMeasurement, TrialNumber } from '../trial.ts'
import type { StudyWriter } from './store.ts'

/** How often what running trials measure is written, in milliseconds: often enough to watch, too seldom to be felt. */
const INTERVAL_MS = 300

/**
 * Hands the measurements of running trials to the store, all that came within 300 ms at once. They are there for people
 * who watch: a trial that ends sooner writes none, and its outcome replaces those of a longer one.
 */
export class LiveMeasurements {
  readonly #store: StudyWriter
  readonly #study: StudyId
  readonly #handedOver: () => void
  readonly #waiting = new Map<TrialNumber, TimedMeasurement[]>()
  #timer: NodeJS.Timeout | null = null

  /** @param handedOver called after each time; the store is to be flushed then */
  constructor(store: StudyWriter, study: StudyId, handedOver: () => void) {
    this.#store = store
    this.#study = study
    this.#handedOver = handedOver
  }

  add(trial: TrialNumber, measurement: TimedMeasurement): void {
    const waiting = this.#waiting.get(trial)
    if (waiting === undefined) this.#waiting.set(trial, [measurement])
    else waiting.push(measurement)
    this.#timer ??= setTimeout(() => this.#handOver(), INTERVAL_MS).unref()
  }

  /** The trial has ended, or its attempt. */
  forget(trial: TrialNumber): void {
    this.#waiting.delete(trial)
  }

  close(): void {
    clearTimeout(this.#timer ?? undefined)
  }

  #handOver(): void {
    this.#timer = null
    if (this.#waiting.size === 0) return
    for (const [trial, measurements] of this.#waiting) {
      this.#store.addMeasurements(this.#study, trial, measurements)
    }
    this.#waiting.clear()
    this.#handedOver()
  }
}
