import type { Executor, TrialTask } from '../../src/execute/executor.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import type { TimedMeasurement, TrialOutcome } from '../../src/trial.ts'

/** What a simulated trial gives: its measurements' values, or how it fails. */
export type Simulated =
  | readonly number[]
  | { readonly values: readonly number[]; readonly artifact: Uint8Array }
  | { readonly fails: string; readonly message?: string }
  | 'diverges'

export interface SimulatedExecutor extends Executor {
  setSlots(slots: number): void
}

/**
 * Runs nothing: trials end in an order drawn from `scheduleSeed`, one at each turn of the event loop.
 * `evaluate` must be a function of the task alone, as a real objective is.
 */
export function createSimulatedExecutor(
  slots: number,
  scheduleSeed: number,
  evaluate: (task: TrialTask) => Simulated,
  onStart: (task: TrialTask, running: number) => void = () => {},
): SimulatedExecutor {
  const generator = fastGenerator(['schedule', scheduleSeed])
  const changed = new Set<() => void>()
  const running: { task: TrialTask; resolve: (outcome: TrialOutcome) => void }[] = []
  const endOne = (): void => {
    const [ended] = running.splice(generator.below(running.length || 1), 1)
    ended?.resolve(toOutcome(evaluate(ended.task)))
    if (running.length > 0) setImmediate(endOne)
  }
  return {
    get slots() {
      return slots
    },
    onSlotsChanged(listener) {
      changed.add(listener)
      return () => changed.delete(listener)
    },
    setSlots(changedTo) {
      slots = changedTo
      for (const listener of changed) listener()
    },
    run(task) {
      return new Promise((resolve) => {
        running.push({ task, resolve })
        onStart(task, running.length)
        if (running.length === 1) setImmediate(endOne)
      })
    },
    stop() {},
    async close() {
      for (const { resolve } of running.splice(0)) resolve({ ...toOutcome([]), state: 'stopped' })
    },
  }
}

function toOutcome(simulated: Simulated): TrialOutcome {
  const outcome = {
    measurements: [] as TimedMeasurement[],
    error: null,
    artifact: null,
    arithmetic: null,
    slot: null,
    host: null,
    startedAt: 0,
    durationMs: 1,
  }
  if (simulated === 'diverges') {
    return {
      ...outcome,
      state: 'diverged',
      error: { code: 'diverged', message: 'loss became NaN', stack: null },
    }
  }
  if ('fails' in simulated) {
    const { fails: code, message = 'failed' } = simulated
    return { ...outcome, state: 'failed', error: { code, message, stack: null } }
  }
  const isPlain = Array.isArray(simulated)
  const { values, artifact } = isPlain
    ? { values: simulated as readonly number[], artifact: Uint8Array.of(1, 2, 3) }
    : (simulated as { values: readonly number[]; artifact: Uint8Array })
  const measurements = values.map((value, i) => ({ step: i + 1, value, metrics: {}, seconds: i }))
  return { ...outcome, state: 'complete', measurements, artifact }
}
