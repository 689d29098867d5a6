import type { StudyWriter } from '../../src/store/store.ts'

/** The methods that write, each one write operation. */
export const WRITES = [
  'createStudy',
  'acquireLease',
  'renewLease',
  'releaseLease',
  'addStage',
  'updateStage',
  'setExperiment',
  'addNote',
  'startTrial',
  'finishTrial',
  'keepArtifacts',
  'flush',
  'addEvaluation',
  'setArtifactFolder',
  'importTrials',
  'setComment',
  'setTags',
  'renameStudy',
  'deleteStudy',
  'finishStudy',
] as const satisfies readonly (keyof StudyWriter)[]

export type WriteName = (typeof WRITES)[number]

/** What happens around the writes; `index` counts all of them, from 0. A hook may throw, or end the process. */
export interface FaultPlan {
  readonly before?: (index: number, name: WriteName) => void
  readonly after?: (index: number, name: WriteName) => void
}

/** The same store, with the plan's hooks called before and after each write. */
export function withFaults(writer: StudyWriter, plan: FaultPlan): StudyWriter {
  let count = 0
  return new Proxy(writer, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property, target)
      if (typeof method !== 'function') return method
      if (!WRITES.includes(property as WriteName)) return method.bind(target)
      return (...bound: unknown[]) => {
        const index = count++
        plan.before?.(index, property as WriteName)
        const result: unknown = method.apply(target, bound)
        plan.after?.(index, property as WriteName)
        return result
      }
    },
  })
}

/** Throws before write `index`. */
export function failBefore(
  index: number,
  error: Error = new Error(`fault before write ${index}`),
): FaultPlan {
  return {
    before(at) {
      if (at === index) throw error
    },
  }
}

/** Ends this process before or after write `index`, as a power cut would end it. */
export function killAround(index: number, when: 'before' | 'after'): FaultPlan {
  return {
    [when](at: number) {
      if (at === index) process.kill(process.pid, 'SIGKILL')
    },
  }
}
