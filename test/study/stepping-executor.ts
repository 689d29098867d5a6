import type { Executor, RungVerdict, TrialTask } from '../../src/execute/executor.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import type { TimedMeasurement, TrialOutcome } from '../../src/trial.ts'

/** What a trial does: its values, epoch by epoch; then it completes, or ends as said. */
export interface Course {
  readonly values: readonly number[]
  readonly ends?: 'diverged' | 'failed'
}

interface Run {
  readonly task: TrialTask
  readonly course: Course
  readonly measurements: TimedMeasurement[]
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly onRung: ((measurement: TimedMeasurement) => Promise<RungVerdict>) | null
  readonly end: (outcome: TrialOutcome) => void
  isWaiting: boolean
}

export interface SteppingExecutor extends Executor {
  /** How many epochs were run, also of attempts and past rungs. */
  readonly epochs: number
  /** Rejects when nothing can go on: all that run wait at rungs. */
  readonly deadlock: Promise<never>
}

export interface SteppingSetup {
  readonly slots: number
  readonly seed: number
  /** Whether a trial waits at its rungs, as on threads, or runs on meanwhile, as on a machine far away. */
  readonly pauses: boolean
  /** Whether slots are gone now and then, one of them with the attempt that runs in it, and come back; at least one stays. */
  readonly loses: boolean
  readonly courseOf: (task: TrialTask) => Course
}

/** After this many turns of the event loop in which nothing could go on, nothing ever will. */
const IDLE_TURNS = 5000

/** Runs trials epoch by epoch: at each turn of the event loop a running one, drawn from `seed`, measures once more or ends. */
export function createSteppingExecutor(setup: SteppingSetup): SteppingExecutor {
  const { seed, pauses, loses, courseOf } = setup
  let { slots } = setup
  const changed = new Set<() => void>()
  const deadlock = Promise.withResolvers<never>()
  deadlock.promise.catch(() => {})
  let idleTurns = 0
  const generator = fastGenerator(['stepping', seed])
  const running: Run[] = []
  let isTurning = false
  let epochs = 0
  const end = (run: Run, state: TrialOutcome['state']): void => {
    running.splice(running.indexOf(run), 1)
    run.end(outcomeOf(run, state))
  }
  const step = (run: Run): void => {
    const { values, ends = 'complete' } = run.course
    const value = values[run.measurements.length]
    if (value === undefined) {
      end(run, ends)
      return
    }
    epochs++
    const measurement = { step: run.measurements.length + 1, value, metrics: {}, seconds: 0 }
    run.measurements.push(measurement)
    run.onMeasurement(measurement)
    const { rungs = [], spec } = run.task
    if (run.onRung === null || !rungs.includes(measurement.step)) return
    if (measurement.step >= spec.budget.epochs) return
    run.isWaiting = true
    void run.onRung(measurement).then((verdict) => {
      run.isWaiting = false
      if (!running.includes(run)) return
      if (verdict !== 'go-on') end(run, verdict === 'prune' ? 'pruned' : 'stopped')
      turn()
    })
  }
  const setSlots = (to: number): void => {
    slots = to
    for (const listener of changed) listener()
  }
  /** A machine is gone or back, sometimes. */
  const loseOrRegain = (): void => {
    const draw = generator.next()
    if (draw < 0.1 && slots > 1) {
      const lost = running[generator.below(running.length)]!
      // The trials in the other slots that are gone still run to their ends.
      setSlots(1 + generator.below(slots - 1))
      if (running.includes(lost)) end(lost, 'stopped')
    } else if (draw > 0.9 && slots < setup.slots) setSlots(slots + 1)
  }
  const turn = (): void => {
    if (isTurning) return
    isTurning = true
    setImmediate(() => {
      isTurning = false
      const free = running.filter(({ isWaiting }) => !isWaiting)
      if (running.length === 0) return
      if (free.length === 0) {
        if (++idleTurns > IDLE_TURNS) deadlock.reject(new Error('all trials wait at rungs, none can go on'))
        else turn()
        return
      }
      idleTurns = 0
      step(free[generator.below(free.length)]!)
      if (loses && running.length > 0) loseOrRegain()
      turn()
    })
  }
  return {
    get slots() {
      return slots
    },
    get epochs() {
      return epochs
    },
    deadlock: deadlock.promise,
    onSlotsChanged(listener) {
      changed.add(listener)
      return () => changed.delete(listener)
    },
    run(task, onMeasurement, onRung) {
      return new Promise((resolve) => {
        const follow = { onMeasurement, onRung: pauses ? (onRung ?? null) : null, end: resolve }
        running.push({ task, course: courseOf(task), measurements: [], isWaiting: false, ...follow })
        turn()
      })
    },
    stop(trial) {
      const run = running.find(({ task }) => task.spec.number === trial)
      if (run !== undefined) end(run, 'stopped')
    },
    async close() {
      for (const run of [...running]) end(run, 'stopped')
    },
  }
}

function outcomeOf({ measurements }: Run, state: TrialOutcome['state']): TrialOutcome {
  const failed = state === 'failed' ? { code: 'threw', message: 'no luck', stack: null } : null
  return {
    state,
    measurements,
    error: state === 'diverged' ? { code: 'diverged', message: 'NaN', stack: null } : failed,
    artifact: state === 'complete' ? Uint8Array.of(1) : null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
}
