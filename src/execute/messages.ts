import type { ObjectiveSource } from '../objective/source.ts'
import type { TrialSpec } from '../trial.ts'

/** What a worker thread is given at its start. */
export interface WorkerData {
  readonly source: ObjectiveSource
  /** All slots, one after another. */
  readonly slots: SharedArrayBuffer
}

/** A trial on its way to a worker. */
export interface TaskMessage {
  readonly slot: number
  readonly spec: TrialSpec
  readonly continued: Uint8Array | null
}

/** What an objective printed, on its way to the main thread; `trial` is null for what none printed. */
export interface PrintedMessage {
  readonly trial: number | null
  readonly text: string
}
