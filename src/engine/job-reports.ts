import type { Job } from 'bullmq'
import type { TimedMeasurement } from '../trial.ts'
import { encodeProgress, type TrialJob, type TrialResult } from './protocol.ts'

/** What a running job has measured, on its way to the orchestrator: one report after the other. */
export class JobReports {
  readonly #job: Job<TrialJob, TrialResult>
  readonly #measurements: TimedMeasurement[] = []
  #sending = Promise.resolve()

  constructor(job: Job<TrialJob, TrialResult>) {
    this.#job = job
  }

  measured(measurement: TimedMeasurement): void {
    const from = this.#measurements.push(measurement) - 1
    this.#send(() => encodeProgress({ from, measurements: [measurement], rung: false }))
  }

  /** Everything up to the rung, since a verdict must not depend on which reports have arrived. */
  atRung(): void {
    const measurements = [...this.#measurements]
    this.#send(() => encodeProgress({ from: 0, measurements, rung: true }))
  }

  sent(): Promise<void> {
    return this.#sending
  }

  /** The outcome holds all measurements again, so a report that gets lost is no loss. */
  #send(text: () => string): void {
    this.#sending = this.#sending.then(() => this.#job.updateProgress(text())).catch(() => {})
  }
}
