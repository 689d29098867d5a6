import type { Executor, RungVerdict, TrialTask } from '../../src/execute/executor.ts'
import type { TimedMeasurement, TrialOutcome } from '../../src/trial.ts'

/** An attempt that a test leads to its end. */
export interface ManualRun {
  readonly task: TrialTask
  measure(step: number, value: number): void
  reachRung(step: number, value: number): Promise<RungVerdict>
  /** Ends the attempt, and lets all that follows from it happen. */
  end(state: TrialOutcome['state'], changes?: Partial<TrialOutcome>): Promise<void>
  reject(error: unknown): Promise<void>
}

/** Runs nothing by itself: a test says what each attempt measures and how it ends. */
export interface ManualExecutor extends Executor {
  /** All attempts so far, in order. */
  readonly runs: readonly ManualRun[]
  readonly stopped: readonly number[]
  /** How many listen for a change of slots. */
  readonly listeners: number
  setSlots(slots: number): void
}

/** All that the promises of this turn lead to, transactions at the end of a turn included. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
}

export function createManualExecutor(slots: number): ManualExecutor {
  const runs: ManualRun[] = []
  const stopped: number[] = []
  const changed = new Set<() => void>()
  return {
    runs,
    stopped,
    get slots() {
      return slots
    },
    get listeners() {
      return changed.size
    },
    onSlotsChanged(listener) {
      changed.add(listener)
      return () => changed.delete(listener)
    },
    setSlots(to) {
      slots = to
      for (const listener of changed) listener()
    },
    run(task, onMeasurement, onRung) {
      const { promise, resolve, reject } = Promise.withResolvers<TrialOutcome>()
      const measurements: TimedMeasurement[] = []
      const measure = (step: number, value: number): TimedMeasurement => {
        const measurement = { step, value, metrics: {}, seconds: 0 }
        measurements.push(measurement)
        onMeasurement(measurement)
        return measurement
      }
      runs.push({
        task,
        measure,
        reachRung: (step, value) => onRung!(measure(step, value)),
        end(state, changes = {}) {
          resolve({ ...outcomeOf(state), measurements, ...changes })
          return settled()
        },
        reject(error) {
          reject(error)
          return settled()
        },
      })
      return promise
    },
    stop(trial) {
      stopped.push(trial)
    },
    async close() {},
  }
}

function outcomeOf(state: TrialOutcome['state']): TrialOutcome {
  return {
    state,
    measurements: [],
    error: state === 'failed' ? { code: 'threw', message: 'no luck', stack: null } : null,
    artifact: state === 'complete' ? Uint8Array.of(1) : null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
}
