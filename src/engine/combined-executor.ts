import type { Executor } from '../execute/executor.ts'

/** Local threads and remote workers as one executor: a trial goes to a free local slot, else to the workers. */
export function combineExecutors(local: Executor, remote: Executor): Executor {
  const running = new Map<number, Executor>()
  /** Numbered by themselves: a slot of the whole may be beyond those of this process. */
  const localSlots = new Set<number>()
  const takeLocal = (): number | null => {
    for (let slot = 0; slot < local.slots; slot++) {
      if (localSlots.has(slot)) continue
      localSlots.add(slot)
      return slot
    }
    return null
  }
  return {
    get slots() {
      return local.slots + remote.slots
    },
    onSlotsChanged(changed) {
      const unsubscribe = [local, remote].map((executor) => executor.onSlotsChanged?.(changed))
      return () => {
        for (const each of unsubscribe) each?.()
      }
    },
    async run(task, onMeasurement, onRung) {
      const slot = takeLocal()
      const executor = slot === null ? remote : local
      running.set(task.spec.number, executor)
      try {
        if (slot === null) return await remote.run(task, onMeasurement, onRung)
        const outcome = await local.run({ ...task, slot }, onMeasurement, onRung)
        return { ...outcome, slot: outcome.slot ?? slot }
      } finally {
        if (slot !== null) localSlots.delete(slot)
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
