import type { Job } from 'bullmq'
import type { TimedMeasurement } from '../trial.ts'
import { encodeProgress, type TrialJob, type TrialResult } from './protocol.ts'

/** How long a measurement waits for others to go with it, milliseconds. */
const GATHER_MS = 50

/**
 * What a running job has measured, on its way to the orchestrator: one report after the other. What is measured
 * shortly after another goes with it, so that a fast trial does not wait for the network at each measurement, and one
 * that has ended by then sends its outcome alone.
 */
export class JobReports {
  readonly #job: Job<TrialJob, TrialResult>
  readonly #measurements: TimedMeasurement[] = []
  /** How many of them are reported. */
  #reported = 0
  #sending: Promise<void> | null = null
  /** A rung that waits for its report to be sent. */
  #rung = false
  #timer: NodeJS.Timeout | undefined

  constructor(job: Job<TrialJob, TrialResult>) {
    this.#job = job
  }

  measured(measurement: TimedMeasurement): void {
    this.#measurements.push(measurement)
    this.#timer ??= setTimeout(() => this.#send(), GATHER_MS)
  }

  /** Everything up to the rung, since a verdict must not depend on which reports have arrived. */
  atRung(): void {
    this.#rung = true
    this.#send()
  }

  /** Resolves once nothing is on its way any more; what is not reported by then is left to the outcome, which has it all. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#reported = this.#measurements.length
    this.#rung = false
    await this.#sending
  }

  #send(): void {
    if (this.#sending !== null || (!this.#rung && this.#reported === this.#measurements.length)) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sending = this.#report()
      // A report that gets lost is no loss: the outcome has it too.
      .catch(() => {})
      .finally(() => {
        this.#sending = null
        this.#send()
      })
  }

  async #report(): Promise<void> {
    const rung = this.#rung
    const from = rung ? 0 : this.#reported
    this.#rung = false
    this.#reported = this.#measurements.length
    const measurements = this.#measurements.slice(from)
    await this.#job.updateProgress(encodeProgress({ from, measurements, rung }))
  }
}
