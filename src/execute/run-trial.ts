import { listFolder } from '../objective/folder-artifact.ts'
import type { Measurements, Objective, TrialContext, TrialResult } from '../objective/objective.ts'
import { FailedError } from '../objective/objective.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import { type TrialFolders, trialFolders } from '../objective/study-place.ts'
import type { TimedMeasurement, TrialError, TrialOutcome, TrialSpec } from '../trial.ts'
import type { RungVerdict, TrialTask } from './executor.ts'
import type { Interruption } from './interruption.ts'
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

/** The folders that a source's trial may use. */
export function foldersOf(source: ObjectiveSource, { number, continues }: TrialSpec): TrialFolders {
  const place = 'place' in source ? (source.place ?? null) : null
  return trialFolders(place, number, continues)
}

/** A trial's warning, worded for the user. */
export function warning(trial: number, sentence: string): string {
  return `Warning: trial ${trial}: ${sentence}.`
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
 * what the objective does, only for what `onMeasurement` throws.
 * - A measurement is checked, copied and timed; a wrong one ends the trial as `failed`, code `bad-measurement`.
 * - A value that is NaN or infinite ends it as `diverged`; that measurement is not kept.
 * - At the first measurement at or past each rung it waits for the verdict, and may be pruned there.
 * - A stop ends it at the next measurement, or when the objective returns because it saw the stop itself.
 * - An objective that ends without any measurement has failed.
 */
export async function runTrial(
  objective: Objective,
  { spec, continued, slot, attempt, rungs = [] }: Attempt,
  surroundings: Surroundings,
): Promise<TrialOutcome> {
  const { interruption, onMeasurement, breathe } = surroundings
  const startedAt = Date.now()
  const begun = performance.now()
  /** Waiting at rungs does not count as running. */
  let waitedMs = 0
  const elapsedMs = (): number => performance.now() - begun - waitedMs
  const measurements: TimedMeasurement[] = []
  const outcome = (
    state: TrialOutcome['state'],
    error: TrialError | null = null,
    result: TrialResult = {},
  ): TrialOutcome => ({
    state,
    measurements,
    error,
    artifact: result.artifact ?? null,
    arithmetic: result.arithmetic ?? null,
    slot: null,
    host: null,
    startedAt,
    durationMs: elapsedMs(),
  })

  // An objective that knows of the stop may return or throw because of it: that is neither a result nor a failure.
  let knowsOfStop = false
  let cleanupMs = CLEANUP_MS.without
  const context: TrialContext = {
    number: spec.number,
    slot,
    attempt,
    stage: spec.stage,
    params: spec.params,
    budget: spec.budget,
    seed: spec.seed,
    continued,
    continuedFolder: surroundings.folders.continued,
    get folder() {
      return surroundings.folders.own()
    },
    warn: surroundings.warn,
    stopRequested: () => {
      const requested = surroundings.stopRequested()
      knowsOfStop ||= requested
      return requested
    },
    get signal() {
      knowsOfStop = true
      cleanupMs = CLEANUP_MS.withSignal
      return surroundings.signal()
    },
  }
  const endedByStop = (): boolean => knowsOfStop && surroundings.stopRequested()

  if (interruption.ending !== null) return outcome(interruption.ending.state, interruption.ending.error)
  if (surroundings.stopRequested()) return outcome('stopped')
  let generator: Measurements | null = null
  let listenerFailure: { readonly thrown: unknown } | null = null
  try {
    generator = startGenerator(objective, context)
    let lastStep = 0
    let lastRung = -1
    for (;;) {
      const pulled = generator.next()
      const next = isPromise(pulled) ? await Promise.race([pulled, interruption.raised]) : pulled
      if (interruption.ending !== null || next === undefined) break
      if (next.done === true) {
        if (endedByStop()) return outcome('stopped')
        const result = readResult(next.value)
        if (measurements.length > 0)
          return outcome('complete', null, withFolder(result, surroundings.folders))
        throw new FailedError('bad-measurement', 'The objective ended without a measurement')
      }
      const measurement = readMeasurement(next.value, lastStep, elapsedMs() / 1000)
      if (!Number.isFinite(measurement.value)) {
        await closeGenerator(generator, cleanupMs)
        const message = `The value became ${measurement.value} at step ${measurement.step}`
        return outcome('diverged', { code: 'diverged', message, stack: null })
      }
      if (measurements.length === MOST_MEASUREMENTS) {
        throw new FailedError('bad-measurement', `More than ${MOST_MEASUREMENTS} measurements in one trial`)
      }
      lastStep = measurement.step
      measurements.push(measurement)
      try {
        onMeasurement(measurement)
      } catch (thrown) {
        listenerFailure = { thrown }
        throw thrown
      }
      const passed = rungs.findLastIndex((rung) => rung <= measurement.step)
      if (passed > lastRung && measurement.step < spec.budget.epochs) {
        lastRung = passed
        const arrived = performance.now()
        const verdict = await Promise.race([surroundings.onRung(measurement), interruption.raised])
        waitedMs += performance.now() - arrived
        if (verdict === undefined) break
        if (verdict !== 'go-on') {
          await closeGenerator(generator, cleanupMs)
          return outcome(verdict === 'prune' ? 'pruned' : 'stopped')
        }
      }
      const breath = breathe()
      if (breath !== undefined) await breath
      if (interruption.ending !== null) break
      if (surroundings.stopRequested()) {
        await closeGenerator(generator, cleanupMs)
        return outcome('stopped')
      }
    }
  } catch (thrown) {
    if (generator !== null) await closeGenerator(generator, cleanupMs)
    if (listenerFailure !== null) throw thrown
    // What was raised comes first: process.exit raises its ending, then throws to get out of the objective.
    if (interruption.ending === null) {
      const { state, error } = readThrown(thrown)
      return endedByStop() ? outcome('stopped') : outcome(state, error)
    }
  }
  if (generator !== null) await closeGenerator(generator, cleanupMs)
  const { state, error } = interruption.ending!
  return outcome(state, error)
}

function startGenerator(objective: Objective, context: TrialContext): Measurements {
  const generator: unknown = objective.run(context)
  if (typeof (generator as { next?: unknown } | null)?.next !== 'function') {
    throw new FailedError(
      'bad-measurement',
      'The run function of an objective must be a generator: write function* (or async function*)',
    )
  }
  return generator as Measurements
}

/** Runs the objective's `finally` blocks. What they throw or yield changes nothing any more. */
async function closeGenerator(generator: Measurements, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    const closing: unknown = generator.return(undefined)
    if (!isPromise(closing)) return
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs)
    })
    await Promise.race([closing, limit])
  } catch {
    // The trial has its ending already.
  } finally {
    clearTimeout(timer)
  }
}

function readResult(returned: unknown): TrialResult {
  if (returned === undefined || returned === null) return {}
  const { artifact, arithmetic } = returned as Record<string, unknown>
  const isRecord = typeof returned === 'object' && !Array.isArray(returned)
  const isArtifact = artifact === undefined || artifact instanceof Uint8Array
  const isArithmetic = arithmetic === undefined || typeof arithmetic === 'string'
  if (!isRecord || !isArtifact || !isArithmetic) {
    throw new FailedError(
      'bad-measurement',
      'An objective returns nothing or { artifact, arithmetic }, bytes and a string; its value is the last one it yields',
    )
  }
  return returned as TrialResult
}

/** A trial that has a folder and leaves nothing else leaves the list of its files: there is something to continue. */
function withFolder(result: TrialResult, folders: TrialFolders): TrialResult {
  const { used } = folders
  return result.artifact !== undefined || used === null ? result : { ...result, artifact: listFolder(used) }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}
