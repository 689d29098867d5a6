import type { Executor, RungVerdict, TrialTask } from '../execute/executor.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'

/** Local threads and remote workers as one executor: a trial goes to a free local slot, else to the workers. */
export function combineExecutors(local: Executor, remote: Executor): Executor {
  const running = new Map<number, Executor>()
  let localRuns = 0
  return {
    get slots() {
      return local.slots + remote.slots
    },
    onSlotsChanged(changed) {
      const forget = [local, remote].map((executor) => executor.onSlotsChanged?.(changed))
      return () => {
        for (const each of forget) each?.()
      }
    },
    async run(
      task: TrialTask,
      onMeasurement: (measurement: TimedMeasurement) => void,
      onRung?: (measurement: TimedMeasurement) => Promise<RungVerdict>,
    ): Promise<TrialOutcome> {
      const isLocal = localRuns < local.slots
      const executor = isLocal ? local : remote
      if (isLocal) localRuns++
      running.set(task.spec.number, executor)
      try {
        return await executor.run(task, onMeasurement, onRung)
      } finally {
        if (isLocal) localRuns--
        running.delete(task.spec.number)
      }
    },
    stop(trial) {
      running.get(trial)?.stop(trial)
    },
    async close() {
      await Promise.all([local.close(), remote.close()])
    },
  }
}
