import { createHash } from 'node:crypto'
import type { RungVerdict } from '../execute/executor.ts'
import type { ObjectiveSettings } from '../objective/source.ts'
import { decodeJson, encodeJson } from '../store/exact-json.ts'
import type { Fingerprints } from '../store/store.ts'
import type { TimedMeasurement, TrialOutcome, TrialSpec } from '../trial.ts'

/** Rises when an older worker could misread what a newer orchestrator writes, or the other way round. */
export const PROTOCOL = 1

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

  /** The weights that a trial continues. */
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
/** How long weights and large outcomes wait to be fetched. */
export const PAYLOAD_SECONDS = 3_600
/** Outcomes above this are kept beside their job. */
export const LARGEST_RESULT = 16_384

/** What a session asks of its workers. */
export interface SessionOffer {
  readonly protocol: number
  readonly codeVersion: string
  readonly study: string
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
  /** Epochs at which it waits for a verdict. */
  readonly rungs: readonly number[]
  /** Whether weights to continue lie under their key. */
  readonly continued: boolean
  /** Weights of a worse value than this are not wanted; null: all are. */
  readonly artifactFloor: { readonly value: number; readonly direction: 'minimize' | 'maximize' } | null
}

/** How a job ended. */
export interface TrialResult {
  /** Exact JSON of the outcome without its artifact; null if it lies under its key. */
  readonly outcome: string | null
  /** Whether weights lie under their key. */
  readonly artifact: boolean
  readonly worker: string
}

/** What a worker says of a running trial. */
export interface TrialReport {
  readonly measurement: TimedMeasurement
  /** Whether the trial waits at a rung; said again until the verdict is there. */
  readonly rung: boolean
}

/** What a session tells its workers: that a trial, or all of them, should stop, or what was decided at a rung. */
export type ControlMessage =
  | { readonly stop: number }
  | { readonly closed: true }
  | { readonly job: string; readonly step: number; readonly verdict: RungVerdict }

/** An outcome that came after somebody else had taken its job. */
export interface LateOutcome {
  readonly trial: number
  readonly hash: string
  readonly worker: string
}

export function encodeSpec(spec: TrialSpec): string {
  return encodeJson(spec)
}

export function decodeSpec(text: string): TrialSpec {
  return decodeJson(text) as TrialSpec
}

export function encodeReport(report: TrialReport): string {
  return encodeJson(report)
}

export function decodeReport(text: string): TrialReport {
  return decodeJson(text) as TrialReport
}

export function encodeOutcome(outcome: TrialOutcome): string {
  return encodeJson({ ...outcome, artifact: null })
}

export function decodeOutcome(text: string): TrialOutcome {
  return decodeJson(text) as TrialOutcome
}

/** SHA-256 in hex over what a trial measured, to the last bit, whenever and wherever it ran. */
export function outcomeHash({ state, measurements }: TrialOutcome): string {
  const results = measurements.map(({ step, value, metrics }) => [step, value, metrics])
  return sha256(encodeJson([state, results]))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
