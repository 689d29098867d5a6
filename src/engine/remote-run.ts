import { UserError } from '../errors.ts'
import type { RungVerdict, TrialTask } from '../execute/executor.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { encodeFloor, encodeSpec, type Progress, type TrialJob } from './protocol.ts'

export type OnMeasurement = (measurement: TimedMeasurement) => void
export type OnRung = (measurement: TimedMeasurement) => Promise<RungVerdict>

/** One attempt of a trial, as the orchestrator follows it through however many jobs and workers it takes. */
export class RemoteRun {
  readonly task: TrialTask
  readonly #onMeasurement: OnMeasurement
  readonly #onRung: OnRung | undefined
  readonly #outcome = Promise.withResolvers<TrialOutcome>()
  readonly #verdicts = new Map<number, Promise<RungVerdict>>()
  #isAtRung = false
  /** The measurements that have arrived: they count in order and once, whichever worker sends them. */
  readonly #received: TimedMeasurement[] = []
  job: string
  /** Results are fetched in several steps; the first one counts. */
  settled = false
  losses = 0

  constructor(task: TrialTask, job: string, onMeasurement: OnMeasurement, onRung: OnRung | undefined) {
    this.task = task
    this.job = job
    this.#onMeasurement = onMeasurement
    this.#onRung = onRung
  }

  get outcome(): Promise<TrialOutcome> {
    return this.#outcome.promise
  }

  /** Takes in the measurements of an attempt from the one with that index on. Those after a gap are sent again later. */
  measured(from: number, measurements: readonly TimedMeasurement[]): void {
    if (from > this.#received.length) return
    for (const measurement of measurements.slice(this.#received.length - from)) {
      this.#received.push(measurement)
      this.#onMeasurement(measurement)
    }
  }

  /** Asks for the verdict of a rung, once; a worker that takes over, or has missed the answer, gets the same one. */
  verdictAt({ measurements, rung }: Progress): Promise<RungVerdict> | null {
    const measurement = measurements.at(-1)
    if (!rung || measurement === undefined || this.#onRung === undefined) return null
    const known = this.#verdicts.get(measurement.step)
    if (known !== undefined) return known
    this.#isAtRung = true
    const given = this.#onRung(measurement).finally(() => {
      this.#isAtRung = false
    })
    this.#verdicts.set(measurement.step, given)
    return given
  }

  /** Whether it waits at a rung, in a slot, for trials of lower numbers. */
  get isAtRung(): boolean {
    return this.#isAtRung
  }

  /**
   * With all that has arrived: where two workers ran the attempt and were told to stop, the one whose outcome counts may
   * not have come as far as the other, whose measurements have been judged.
   */
  resolve(outcome: TrialOutcome): void {
    this.settled = true
    const isShort = outcome.measurements.length < this.#received.length
    this.#outcome.resolve(isShort ? { ...outcome, measurements: this.#received } : outcome)
  }

  reject(failure: Error): void {
    this.settled = true
    this.#outcome.reject(failure)
  }
}

/** What a worker is sent of an attempt; weights to continue travel by themselves. */
export function jobOf({
  spec,
  continued,
  attempt,
  timeoutMs,
  rungs = [],
  artifactFloor,
}: TrialTask): TrialJob {
  return {
    spec: encodeSpec(spec),
    attempt,
    timeoutMs,
    continued: continued !== null,
    rungs,
    artifactFloor: artifactFloor == null ? null : encodeFloor(artifactFloor),
  }
}

/** The outcome with its begin by the clock of this machine, as far as it can tell: the worker's may be hours apart. */
export function onThisClock(outcome: TrialOutcome): TrialOutcome {
  return { ...outcome, startedAt: Date.now() - Math.round(outcome.durationMs) }
}

/** Why the study ends: no worker could finish that run. It says nothing about the trial, whose result must not depend on where it ran. */
export function unfinished({ task }: RemoteRun, reason: string): UserError {
  return new UserError('engine', `No worker could finish trial ${task.spec.number}: ${reason}`, {
    hint: "Check the workers' output, then resume the study.",
  })
}
