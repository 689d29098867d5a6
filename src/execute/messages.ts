import type { ObjectiveSource } from '../objective/source.ts'
import type { GivenFolders, TimedMeasurement, TrialSpec } from '../trial.ts'

/** What a worker thread is given at its start. */
export interface WorkerData {
  readonly source: ObjectiveSource
  /** All channels, one after another. */
  readonly channels: SharedArrayBuffer
}

/** A trial on its way to a worker. */
export interface TaskMessage {
  /** The index of the channel through which both threads see the trial. */
  readonly channel: number
  readonly slot: number
  readonly attempt: number
  readonly spec: TrialSpec
  readonly rungs: readonly number[]
  readonly continued: Uint8Array | null
  readonly folders: GivenFolders | null
}

/** In place of a trial's outcome: finesweep could not use the trial's folder. */
export interface FolderFailure {
  readonly folderFailure: { readonly message: string; readonly hint: string | undefined }
}

/** What an objective printed, on its way to the main thread. */
export interface PrintedMessage {
  readonly kind: 'finesweep:printed'
  /** Null for what was printed outside any trial. */
  readonly trial: number | null
  readonly text: string
}

/** A sentence that an objective wants to be shown, without its full stop. */
export interface WarningMessage {
  readonly kind: 'finesweep:warning'
  readonly trial: number
  readonly sentence: string
}

/** A trial has come to a rung and waits for the verdict in its channel. */
export interface RungMessage {
  readonly kind: 'finesweep:rung'
  readonly trial: number
  readonly channel: number
  readonly measurement: TimedMeasurement
  /** Those up to it that the channel had no room for. */
  readonly unwritten: readonly TimedMeasurement[]
}

export function isRung(message: unknown): message is RungMessage {
  return (message as { kind?: unknown } | null | undefined)?.kind === 'finesweep:rung'
}

export function isWarning(message: unknown): message is WarningMessage {
  return (message as { kind?: unknown } | null | undefined)?.kind === 'finesweep:warning'
}

/** Objectives can reach the same channel: anything may come from it. */
export function isPrinted(message: unknown): message is PrintedMessage {
  return (message as { kind?: unknown } | null | undefined)?.kind === 'finesweep:printed'
}
