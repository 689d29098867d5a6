import { runForeign, runOwn } from '../objective/foreign-code.ts'
import { loadObjective } from '../objective/load.ts'
import type { Objective } from '../objective/objective.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { TrialFolders } from '../objective/study-place.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { type Admission, createAdmission } from './admission.ts'
import type { Executor, RungVerdict, TrialTask } from './executor.ts'
import { CLOSED, createInterruption, type Ending, type Interruption, timedOut } from './interruption.ts'
import { unstarted } from './outcome.ts'
import { type Output, type OutputOptions, openOutput } from './output.ts'
import { foldersOf, runAttempt, type Surroundings } from './run-attempt.ts'
import { createStopSignal, type StopSignal } from './stop-signal.ts'
import { readThrown } from './thrown.ts'
import { createTimeLimit, type TimeLimit } from './time-limit.ts'

export interface InlineOptions extends OutputOptions {
  /** How many trials may be under way at once, taking turns where they wait; 1 by default. */
  readonly slots?: number
}

/** How long synchronous objectives may hold the thread before other things get a turn between two measurements. */
const TURN_MS = 16

interface Run {
  readonly task: TrialTask
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>
  readonly interruption: Interruption
  readonly stopSignal: StopSignal
  stopRequested: boolean
  /** Resolved by a stop. */
  readonly stopped: PromiseWithResolvers<void>
}

/**
 * An executor on the calling thread: for objects, for programs (which are processes of their own anyway), for tests
 * and for replaying one trial.
 *
 * What it can't do, for want of a thread to end: a time limit ends a trial only between two measurements or while it
 * waits for a promise, never within an endless loop; and a full heap or a rejection that nobody handles is the whole
 * process's, as in any program.
 */
export function createInlineExecutor(source: ObjectiveSource, options: InlineOptions = {}): Executor {
  return new InlineExecutor(source, options.slots ?? 1, openOutput(options))
}

class InlineExecutor implements Executor {
  readonly slots: number
  readonly #source: ObjectiveSource
  readonly #output: Output
  readonly #running = new Set<Run>()
  readonly #admission: Admission
  readonly #outcomes = new Set<Promise<TrialOutcome>>()
  #loading: Promise<Objective | Ending> | null = null
  #closed = false
  /** Of all trials: many short ones in a row hold the thread as one long one does. */
  #turnBegun = performance.now()

  constructor(source: ObjectiveSource, slots: number, output: Output) {
    this.slots = slots
    this.#source = source
    this.#output = output
    this.#admission = createAdmission(slots)
  }

  run(
    task: TrialTask,
    onMeasurement: Run['onMeasurement'],
    onRung: Run['onRung'] = async () => 'go-on',
  ): Promise<TrialOutcome> {
    const outcome = this.#admission.admit(() => {
      return this.#closed
        ? Promise.resolve(unstarted(CLOSED.state, null))
        : this.#attempt({
            task,
            onMeasurement,
            onRung,
            interruption: createInterruption(),
            stopSignal: createStopSignal(),
            stopRequested: false,
            stopped: Promise.withResolvers(),
          })
    })
    this.#outcomes.add(outcome)
    return outcome.finally(() => this.#outcomes.delete(outcome))
  }

  stop(trial: number): void {
    for (const run of this.#running) {
      if (run.task.spec.number !== trial) continue
      run.stopRequested = true
      run.stopped.resolve()
      run.stopSignal.abort()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#admission.open()
    for (const run of this.#running) {
      run.interruption.raise(CLOSED)
      run.stopSignal.abort()
    }
    await Promise.allSettled(this.#outcomes)
  }

  async #attempt(run: Run): Promise<TrialOutcome> {
    const { task } = run
    const folders = foldersOf(this.#source, task)
    this.#running.add(run)
    let limit: TimeLimit | null = null
    try {
      const objective = await this.#load()
      if (!('run' in objective)) return unstarted(objective.state, objective.error)
      limit = limitOf(run)
      const surroundings = this.#surroundings(run, limit, folders)
      return await runForeign(() => runAttempt(objective, task, surroundings))
    } finally {
      limit?.pause()
      folders.close()
      this.#running.delete(run)
    }
  }

  #load(): Promise<Objective | Ending> {
    this.#loading ??= loadObjective(this.#source).catch(readThrown)
    return this.#loading
  }

  #surroundings(run: Run, limit: TimeLimit, folders: TrialFolders): Surroundings {
    const { number } = run.task.spec
    return {
      interruption: run.interruption,
      stopRequested: () => run.stopRequested,
      signal: () => run.stopSignal.get(),
      onMeasurement: (measurement) => runOwn(() => run.onMeasurement(measurement)),
      warn: (sentence) => runOwn(() => this.#output.onWarning(sentence, number)),
      folders,
      onRung: async (measurement) => {
        limit.pause()
        const verdict = await Promise.race([
          runOwn(() => run.onRung(measurement)),
          run.stopped.promise.then(() => 'stop' as const),
        ])
        limit.resume()
        return verdict
      },
      breathe: () => {
        const now = performance.now()
        limit.check()
        if (now - this.#turnBegun < TURN_MS) return undefined
        return nextTurn().then(() => {
          this.#turnBegun = performance.now()
        })
      },
    }
  }
}

/** Begins at once. */
function limitOf({ task, interruption, stopSignal }: Run): TimeLimit {
  const { timeoutMs } = task
  return createTimeLimit(timeoutMs, () => {
    interruption.raise(timedOut(timeoutMs!))
    stopSignal.abort()
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
