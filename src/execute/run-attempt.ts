import { FolderError } from '../objective/folder-error.ts'
import type { Measurements, Objective, TrialContext, TrialResult } from '../objective/objective.ts'
import { FailedError } from '../objective/objective.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import { givenFolders, type TrialFolders, trialFolders } from '../objective/study-place.ts'
import type { TimedMeasurement, TrialError, TrialOutcome } from '../trial.ts'
import type { RungVerdict, TrialTask } from './executor.ts'
import type { Ending, Interruption } from './interruption.ts'
import { closeGenerator, isPromise, readResult, startGenerator, withFolder } from './objective-calls.ts'
import { readMeasurement } from './read-measurement.ts'
import { readThrown } from './thrown.ts'

/** What is run, of a trial's task. */
export type Attempt = Omit<TrialTask, 'timeoutMs'>

/** What surrounds a running trial: how it learns that it must end, and where its measurements go. */
export interface Surroundings {
  readonly interruption: Interruption
  /** True once the trial is to end at its next chance. */
  readonly stopRequested: () => boolean
  /** Aborted with a stop or an interruption; made when first asked for. */
  readonly signal: () => AbortSignal
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  /** Shows a sentence of the objective's. */
  readonly warn: (sentence: string) => void
  readonly folders: TrialFolders
  /** Awaited at each rung. */
  readonly onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>
  /** Awaited between measurements if it returns a promise: lets the thread see to other things. */
  readonly breathe: () => Promise<void> | undefined
}

/** The folders that a source's trial may use. @throws FolderError as `trialFolders` */
export function foldersOf(
  source: ObjectiveSource,
  { spec, continued, folders }: Pick<TrialTask, 'spec' | 'continued' | 'folders'>,
): TrialFolders {
  if (folders != null) return givenFolders(folders)
  const place = 'place' in source ? (source.place ?? null) : null
  return trialFolders(place, spec.number, spec.continues, continued)
}

/** An objective that yields without end would fill the memory. */
const MOST_MEASUREMENTS = 100_000

/**
 * How long an asynchronous objective may take over its `finally` blocks before its outcome is reported without them: a
 * while if it holds the signal that tells it so, else only what one that does not wait needs.
 */
const CLEANUP_MS = { withSignal: 2_000, without: 50 }

/**
 * Runs one attempt of a trial by pulling its objective's measurements, and reports how it ended. Never rejects for
 * what the objective does, only for what `onMeasurement` throws, and with a FolderError.
 * - A measurement is checked, copied and timed; a wrong one ends the trial as `failed`, code `bad-measurement`.
 * - A value that is NaN or infinite ends it as `diverged`; that measurement is not kept.
 * - At the first measurement at or past each rung it waits for the verdict, and may be pruned there.
 * - A stop ends it at the next measurement, or when the objective returns because it saw the stop itself.
 * - An objective that ends without any measurement has failed.
 */
export function runAttempt(
  objective: Objective,
  attempt: Attempt,
  surroundings: Surroundings,
): Promise<TrialOutcome> {
  return new RunningAttempt(attempt, surroundings).run(objective)
}

class RunningAttempt {
  readonly #attempt: Attempt
  readonly #surroundings: Surroundings
  readonly #startedAt = Date.now()
  readonly #begun = performance.now()
  readonly #measurements: TimedMeasurement[] = []
  /** Waiting at rungs does not count as running. */
  #waitedMs = 0
  /** The index of the last rung that was passed. */
  #lastRung = -1
  /** An objective that knows of the stop may return or throw because of it: that is neither a result nor a failure. */
  #knowsOfStop = false
  #cleanupMs = CLEANUP_MS.without
  /** What `onMeasurement` threw, or the making of the trial's folder: no failure of the objective. */
  #ownFailure: { readonly thrown: unknown } | null = null

  constructor(attempt: Attempt, surroundings: Surroundings) {
    this.#attempt = attempt
    this.#surroundings = surroundings
  }

  async run(objective: Objective): Promise<TrialOutcome> {
    const { interruption } = this.#surroundings
    if (interruption.ending !== null) return this.#outcomeOf(interruption.ending)
    if (this.#surroundings.stopRequested()) return this.#outcome('stopped')
    let generator: Measurements | null = null
    try {
      generator = startGenerator(objective, this.#context())
      const outcome = await this.#pull(generator)
      // It may have caught what asking for its folder threw.
      if (this.#ownFailure !== null) throw this.#ownFailure.thrown
      if (outcome !== null) return outcome
    } catch (thrown) {
      if (generator !== null) await closeGenerator(generator, this.#cleanupMs)
      if (this.#ownFailure !== null) throw this.#ownFailure.thrown
      if (thrown instanceof FolderError) throw thrown
      // What was raised comes first: process.exit raises its ending, then throws to get out of the objective.
      if (interruption.ending === null) {
        return this.#endedByStop() ? this.#outcome('stopped') : this.#outcomeOf(readThrown(thrown))
      }
    }
    if (generator !== null) await closeGenerator(generator, this.#cleanupMs)
    return this.#outcomeOf(interruption.ending!)
  }

  /** Pulls measurements until the objective ends or is ended; null if an interruption was raised. */
  async #pull(generator: Measurements): Promise<TrialOutcome | null> {
    const { interruption, breathe, stopRequested } = this.#surroundings
    for (;;) {
      const pulled = generator.next()
      const next = isPromise(pulled) ? await Promise.race([pulled, interruption.raised]) : pulled
      if (interruption.ending !== null || next === undefined) return null
      if (next.done === true) return this.#returned(next.value)
      const measurement = this.#read(next.value)
      if (!Number.isFinite(measurement.value)) {
        const message = `The value became ${measurement.value} at step ${measurement.step}`
        return this.#end(generator, 'diverged', { code: 'diverged', message, stack: null })
      }
      this.#record(measurement)
      if (this.#reachesRung(measurement)) {
        const verdict = await this.#verdictOn(measurement)
        if (verdict === undefined) return null
        if (verdict !== 'go-on') return this.#end(generator, verdict === 'prune' ? 'pruned' : 'stopped')
      }
      const breath = breathe()
      if (breath !== undefined) await breath
      if (interruption.ending !== null) return null
      if (stopRequested()) return this.#end(generator, 'stopped')
    }
  }

  #returned(value: unknown): TrialOutcome {
    if (this.#endedByStop()) return this.#outcome('stopped')
    const result = readResult(value)
    if (this.#measurements.length === 0) {
      throw new FailedError('bad-measurement', 'The objective ended without a measurement')
    }
    return this.#outcome('complete', null, withFolder(result, this.#surroundings.folders))
  }

  #read(yielded: unknown): TimedMeasurement {
    return readMeasurement(yielded, this.#measurements.at(-1)?.step ?? 0, this.#elapsedMs() / 1000)
  }

  #record(measurement: TimedMeasurement): void {
    if (this.#measurements.length === MOST_MEASUREMENTS) {
      throw new FailedError('bad-measurement', `More than ${MOST_MEASUREMENTS} measurements in one trial`)
    }
    this.#warnOfEpochs(measurement)
    this.#measurements.push(measurement)
    try {
      this.#surroundings.onMeasurement(measurement)
    } catch (thrown) {
      this.#ownFailure = { thrown }
      throw thrown
    }
  }

  /** Objectives may count what they like, but not where the count decides: of epochs in all, or of who is compared. */
  #warnOfEpochs({ step }: TimedMeasurement): void {
    const { spec, rungs = [] } = this.#attempt
    const { epochs } = spec.budget
    const isFirst = (this.#measurements.at(-1)?.step ?? 0) <= epochs
    if (step <= epochs || !isFirst || (spec.continues === null && rungs.length === 0)) return
    const also = spec.continues === null ? '' : ', also in a trial that continues another'
    this.#surroundings.warn(
      `step ${step} is beyond the trial's epochs (${epochs}); count steps from 1${also}`,
    )
  }

  /** Whether the measurement is the first at or past a rung; past the last epoch there is nothing to prune. */
  #reachesRung({ step }: TimedMeasurement): boolean {
    const { rungs = [], spec } = this.#attempt
    const passed = rungs.findLastIndex((rung) => rung <= step)
    if (passed <= this.#lastRung || step >= spec.budget.epochs) return false
    this.#lastRung = passed
    return true
  }

  /** Undefined if an interruption was raised meanwhile. */
  async #verdictOn(measurement: TimedMeasurement): Promise<RungVerdict | undefined> {
    const { onRung, interruption } = this.#surroundings
    const arrived = performance.now()
    const verdict = await Promise.race([onRung(measurement), interruption.raised])
    this.#waitedMs += performance.now() - arrived
    return verdict ?? undefined
  }

  async #end(
    generator: Measurements,
    state: TrialOutcome['state'],
    error: TrialError | null = null,
  ): Promise<TrialOutcome> {
    await closeGenerator(generator, this.#cleanupMs)
    return this.#outcome(state, error)
  }

  #context(): TrialContext {
    const { spec, continued, slot, attempt } = this.#attempt
    const { folders, warn } = this.#surroundings
    const ownFolder = (): string => {
      try {
        return folders.own()
      } catch (thrown) {
        this.#ownFailure = { thrown }
        throw thrown
      }
    }
    const stopRequested = (): boolean => {
      const requested = this.#surroundings.stopRequested()
      this.#knowsOfStop ||= requested
      return requested
    }
    const signal = (): AbortSignal => {
      this.#knowsOfStop = true
      this.#cleanupMs = CLEANUP_MS.withSignal
      return this.#surroundings.signal()
    }
    return {
      number: spec.number,
      slot,
      attempt,
      stage: spec.stage,
      params: spec.params,
      budget: spec.budget,
      seed: spec.seed,
      continued,
      continuedFolder: folders.continued,
      get folder() {
        return ownFolder()
      },
      warn,
      stopRequested,
      get signal() {
        return signal()
      },
    }
  }

  #endedByStop(): boolean {
    return this.#knowsOfStop && this.#surroundings.stopRequested()
  }

  #elapsedMs(): number {
    return performance.now() - this.#begun - this.#waitedMs
  }

  #outcomeOf({ state, error }: Ending): TrialOutcome {
    return this.#outcome(state, error)
  }

  #outcome(
    state: TrialOutcome['state'],
    error: TrialError | null = null,
    result: TrialResult = {},
  ): TrialOutcome {
    return {
      state,
      measurements: this.#measurements,
      error,
      artifact: result.artifact ?? null,
      arithmetic: result.arithmetic ?? null,
      slot: null,
      host: null,
      startedAt: this.#startedAt,
      durationMs: this.#elapsedMs(),
    }
  }
}
