import { runForeign, runOwn } from '../objective/foreign-code.ts'
import { loadObjective } from '../objective/load.ts'
import type { Objective } from '../objective/objective.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { createAdmission } from './admission.ts'
import type { Executor, RungVerdict, TrialTask } from './executor.ts'
import { CLOSED, createInterruption, type Ending, type Interruption, timedOut } from './interruption.ts'
import { unstarted } from './outcome.ts'
import { foldersOf, runTrial, type Surroundings, warning } from './run-trial.ts'
import { createStopSignal, type StopSignal } from './stop-signal.ts'
import { readThrown } from './thrown.ts'
import { createTimeLimit } from './time-limit.ts'

export interface InlineOptions {
  /** How many trials may be under way at once, taking turns where they wait; 1 by default. */
  readonly slots?: number
  /** Gets the sentences that objectives say; by default they go to stderr. */
  readonly onPrint?: ((text: string, trial: number | null) => void) | undefined
}

/** How long a synchronous objective may hold the thread before other things get a turn between two measurements. */
const TURN_MS = 16

interface Run {
  readonly trial: number
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
  const { slots = 1, onPrint = printToStderr } = options
  const running = new Set<Run>()
  const admission = createAdmission(slots)
  const outcomes = new Set<Promise<TrialOutcome>>()
  let loading: Promise<Objective | Ending> | null = null
  let closed = false

  const load = (): Promise<Objective | Ending> => {
    loading ??= loadObjective(source).catch(readThrown)
    return loading
  }

  const attempt = async (
    task: TrialTask,
    onMeasurement: (measurement: TimedMeasurement) => void,
    onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>,
  ): Promise<TrialOutcome> => {
    if (closed) return unstarted(CLOSED.state, null)
    const run: Run = {
      trial: task.spec.number,
      interruption: createInterruption(),
      stopSignal: createStopSignal(),
      stopRequested: false,
      stopped: Promise.withResolvers(),
    }
    const folders = foldersOf(source, task.spec)
    running.add(run)
    let forgetLimit = (): void => {}
    try {
      const objective = await load()
      if (!('run' in objective)) return unstarted(objective.state, objective.error)
      const { timeoutMs } = task
      let turnBegun = performance.now()
      const limit = createTimeLimit(timeoutMs, () => {
        run.interruption.raise(timedOut(timeoutMs!))
        run.stopSignal.abort()
      })
      forgetLimit = limit.pause
      const surroundings: Surroundings = {
        interruption: run.interruption,
        stopRequested: () => run.stopRequested,
        signal: () => run.stopSignal.get(),
        onMeasurement: (measurement) => runOwn(() => onMeasurement(measurement)),
        warn: (sentence) =>
          runOwn(() => onPrint(`${warning(task.spec.number, sentence)}\n`, task.spec.number)),
        folders,
        onRung: async (measurement) => {
          limit.pause()
          const verdict = await Promise.race([
            runOwn(() => onRung(measurement)),
            run.stopped.promise.then(() => 'stop' as const),
          ])
          limit.resume()
          return verdict
        },
        breathe: () => {
          const now = performance.now()
          limit.check()
          if (now - turnBegun < TURN_MS) return undefined
          return nextTurn().then(() => {
            turnBegun = performance.now()
          })
        },
      }
      return await runForeign(() => runTrial(objective, task, surroundings))
    } finally {
      forgetLimit()
      folders.close()
      running.delete(run)
    }
  }

  return {
    slots,
    run(task, onMeasurement, onRung = async () => 'go-on') {
      const outcome = admission.admit(() => attempt(task, onMeasurement, onRung))
      outcomes.add(outcome)
      return outcome.finally(() => outcomes.delete(outcome))
    },
    stop(trial) {
      for (const run of running) {
        if (run.trial !== trial) continue
        run.stopRequested = true
        run.stopped.resolve()
        run.stopSignal.abort()
      }
    },
    async close() {
      closed = true
      admission.open()
      for (const run of running) {
        run.interruption.raise(CLOSED)
        run.stopSignal.abort()
      }
      await Promise.allSettled(outcomes)
    },
  }
}

function printToStderr(text: string): void {
  process.stderr.write(text)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
