import type { Executor, TrialTask } from '../../src/execute/executor.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import type { TimedMeasurement, TrialOutcome } from '../../src/trial.ts'

/** What a simulated trial gives: its measurements' values, or how it fails. */
export type Simulated = readonly number[] | { readonly fails: string } | 'diverges'

/**
 * Runs nothing: trials end in an order drawn from `scheduleSeed`, one at each turn of the event loop.
 * `evaluate` must be a function of the task alone, as a real objective is.
 */
export function createSimulatedExecutor(
  slots: number,
  scheduleSeed: number,
  evaluate: (task: TrialTask) => Simulated,
  onStart: (task: TrialTask, running: number) => void = () => {},
): Executor {
  const generator = fastGenerator(['schedule', scheduleSeed])
  const running: { task: TrialTask; resolve: (outcome: TrialOutcome) => void }[] = []
  const endOne = (): void => {
    const [ended] = running.splice(generator.below(running.length || 1), 1)
    ended?.resolve(toOutcome(evaluate(ended.task)))
    if (running.length > 0) setImmediate(endOne)
  }
  return {
    slots,
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
    return { ...outcome, state: 'failed', error: { code: simulated.fails, message: 'failed', stack: null } }
  }
  const measurements = simulated.map((value, i) => ({ step: i + 1, value, metrics: {}, seconds: i }))
  return { ...outcome, state: 'complete', measurements, artifact: Uint8Array.of(1, 2, 3) }
}
