import { createHash } from 'node:crypto'
import type { ArtifactFloor, RungVerdict } from '../execute/executor.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import { decodeJson, encodeJson } from '../store/exact-json.ts'
import type { Fingerprints } from '../store/store.ts'
import { type TimedMeasurement, TRIAL_STATES, type TrialOutcome, type TrialSpec } from '../trial.ts'

/** Rises when an older worker could misread what a newer orchestrator writes, or the other way round. */
export const PROTOCOL = 5

/** What Redis keeps. Every key expires unless somebody who lives renews it, so that nobody's death leaves rubbish. */
export class EngineKeys {
  readonly prefix: string

  /** @param prefix what all keys begin with */
  constructor(prefix: string) {
    this.prefix = prefix
  }

  /** The set of the sessions that look for workers, by id. */
  get sessions(): string {
    return `${this.prefix}:sessions`
  }

  /** The set of the workers that are there, by name. */
  get workers(): string {
    return `${this.prefix}:workers`
  }

  worker(name: string): string {
    return `${this.prefix}:worker:${name}`
  }

  offer(session: string): string {
    return `${this.prefix}:session:${session}:offer`
  }

  /** The set of the workers that run trials of a session. */
  members(session: string): string {
    return `${this.prefix}:session:${session}:members`
  }

  member(session: string, worker: string): string {
    return `${this.prefix}:session:${session}:member:${worker}`
  }

  /** A hash: why a worker runs no trial of the session, by its name. */
  refusals(session: string): string {
    return `${this.prefix}:session:${session}:refusals`
  }

  /** A channel: trials that are to stop. */
  control(session: string): string {
    return `${this.prefix}:session:${session}:control`
  }

  /** A list: outcomes whose job somebody else had taken over in the meantime. */
  late(session: string): string {
    return `${this.prefix}:session:${session}:late`
  }

  /** A list: what objectives warn of on workers. */
  warnings(session: string): string {
    return `${this.prefix}:session:${session}:warnings`
  }

  /** The weights or the folder that a trial continues. */
  continued(session: string, job: string): string {
    return `${this.prefix}:session:${session}:continued:${job}`
  }

  artifact(session: string, job: string): string {
    return `${this.prefix}:session:${session}:artifact:${job}`
  }

  /** An outcome too large for its job. */
  outcome(session: string, job: string): string {
    return `${this.prefix}:session:${session}:outcome:${job}`
  }
}

/** A session's queue; BullMQ's names have no colon. */
export function queueName(session: string): string {
  return `trials-${session}`
}

/** How long what an orchestrator or a worker says of itself holds without being said again, in seconds. */
export const PRESENCE_SECONDS = 15
/** How often it is said again. */
export const PRESENCE_EVERY_MS = 3_000
/**
 * How long a worker counts as a member of a session after it last said so, in milliseconds: it is missed within two
 * lock times, or after 3 s where locks are shorter.
 */
export function memberMs(lockMs: number): number {
  return Math.min(1000 * PRESENCE_SECONDS, Math.max(3_000, 1.5 * lockMs))
}

/** How long a session is known whose orchestrator was killed, in seconds: until then the next worker clears it away. */
export const SESSION_SECONDS = 30 * 24 * 3_600
/** How long weights and large outcomes wait to be fetched. */
export const PAYLOAD_SECONDS = 3_600
/** Outcomes above this are kept beside their job. */
export const LARGEST_RESULT = 16_384
/** Folders above this stay where they are: Redis takes values of up to 512 MB, and holds them in memory. */
export const MOST_FOLDER_BYTES = 256 * 2 ** 20

/** What a session asks of its workers. */
export interface SessionOffer {
  readonly protocol: number
  readonly codeVersion: string
  readonly study: string
  /** The names of its stages, in order. */
  readonly stages: readonly string[]
  /** The host that decides and writes. */
  readonly host: string
  /** SHA-256 of the token that workers need; null if any may take part. */
  readonly tokenHash: string | null
  /** The objective, its paths relative to the root. */
  readonly objective: ObjectiveSettings
  readonly fingerprints: Pick<Fingerprints, 'data' | 'objective'>
  /** In which arithmetic its networks compute, `fma` or `muladd`; empty for users' objectives. */
  readonly arithmetic: string
  readonly heapMb: number
  readonly lockMs: number
}

/** A worker, as it describes itself. */
export interface WorkerPresence {
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly slots: number
  readonly codeVersion: string
  readonly labels: readonly string[]
  /** What it runs now: trial numbers by study. */
  readonly running: readonly { readonly study: string; readonly trial: number }[]
  readonly finished: number
  /** How its kernels compute, and a hash of what a known step gives there. */
  readonly kernels: string
  readonly stepHash: string
  /** Seconds since it began. */
  readonly upSeconds: number
}

/** One attempt of a trial, as a job. */
export interface TrialJob {
  /** Exact JSON of the spec. */
  readonly spec: string
  readonly attempt: number
  readonly timeoutMs: number | null
  /** Whether weights or a folder to continue lie under their key. */
  readonly continued: boolean
  readonly rungs: readonly number[]
  /** Exact JSON of the floor: an artifact of a worse value is not wanted; null: any is. */
  readonly artifactFloor: string | null
}

/** How a job ended. */
export interface TrialResult {
  /** Exact JSON of the outcome without its artifact; null if it lies under its key. */
  readonly outcome: string | null
  /** Whether weights or a folder lie under their key. */
  readonly artifact: boolean
  /** Why the trial's folder does not come along although it has one; else null. */
  readonly unsent: Unsent | null
  readonly worker: string
  /** The host of that worker. */
  readonly host: string
}

/** What an objective warns of on a worker. */
export interface WorkerWarning {
  readonly worker: string
  readonly trial: number
  /** Without its full stop. */
  readonly sentence: string
}

/** Why a folder stays on its worker: it is too large to travel, or something in it cannot be read, said in a sentence. */
export type Unsent = { readonly bytes: number } | { readonly unreadable: string }

/** What a running job has measured. */
export interface Progress {
  /** How many measurements came before these. */
  readonly from: number
  readonly measurements: readonly TimedMeasurement[]
  /** Whether the trial waits for a verdict after the last of them. */
  readonly rung: boolean
}

export type ControlMessage =
  | { readonly stop: number }
  | { readonly closed: true }
  | { readonly verdict: RungVerdict; readonly job: string; readonly step: number }

/** Why a job fails whose worker was told to end. */
export const WORKER_ENDED = 'the worker was ended'

/** What an attempt of a trial gave on a worker. */
export interface LateOutcome {
  readonly trial: number
  readonly attempt: number
  readonly hash: string
  readonly worker: string
  readonly host: string
}

export function encodeSpec(spec: TrialSpec): string {
  return encodeJson(spec)
}

export function decodeSpec(text: string): TrialSpec {
  return decodeJson(text) as TrialSpec
}

export function encodeProgress(progress: Progress): string {
  return encodeJson(progress)
}

export function decodeProgress(text: string): Progress {
  return decodeJson(text) as Progress
}

export function encodeFloor(floor: ArtifactFloor): string {
  return encodeJson(floor)
}

/** Whether the artifact of an outcome may be kept. */
export function isArtifactWanted(
  { state, measurements }: TrialOutcome,
  { artifactFloor }: TrialJob,
): boolean {
  if (artifactFloor === null) return true
  const { value: floor, direction } = decodeJson(artifactFloor) as ArtifactFloor
  const value = measurements.at(-1)?.value
  if (state !== 'complete' || value === undefined) return false
  return direction === 'maximize' ? value >= floor : value <= floor
}

export function encodeOutcome(outcome: TrialOutcome): string {
  return encodeJson({ ...outcome, artifact: null })
}

export function decodeOutcome(text: string): TrialOutcome {
  return decodeJson(text) as TrialOutcome
}

/** Whether the outcome is a function of the trial alone: failures and stops may depend on the machine and the clock. */
export function isComparable({ state }: TrialOutcome): boolean {
  return state !== 'stopped' && TRIAL_STATES[state].reproducible
}

/** SHA-256 in hex over what a trial measured, to the last bit, whenever and wherever it ran. */
export function outcomeHash({ state, measurements }: TrialOutcome): string {
  const results = measurements.map(({ step, value, metrics }) => [step, value, metrics])
  return sha256(encodeJson([state, results]))
}

/** A size in whole MB. */
export function describeMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
