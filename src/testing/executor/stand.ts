import { fileURLToPath } from 'node:url'
import type { Executor, TrialTask } from '../../execute/executor.ts'
import { CODE_FOLDER, RUNS_FROM_SOURCE } from '../../package-files.ts'
import type { TrialOutcome } from '../../trial.ts'

/** The module whose trials do what their parameter `does` names. */
export const BEHAVIOURS = fileURLToPath(
  new URL(`testing/executor/behaviours.${RUNS_FROM_SOURCE ? 'ts' : 'js'}`, CODE_FOLDER),
)

/** Makes an executor for the objective of a module, by the module's path. */
export type CreateExecutor = (module: string, slots: number) => Executor

/** What the parts of the suite run trials on. */
export interface ExecutorStand {
  readonly create: CreateExecutor
  /** An executor of two slots for `BEHAVIOURS`, open until the end. */
  readonly shared: Executor
  /** Runs a trial there. */
  readonly outcomeOf: (does: string) => Promise<TrialOutcome>
  /** Whether an objective that cannot be loaded fails its trials. */
  readonly loadsHere: boolean
}

/** A trial whose objective does what `does` names, five epochs of it. */
export function trial(does: string, changes: Partial<TrialTask> & { number?: number } = {}): TrialTask {
  const { number = 0, continued = null, slot = 0, timeoutMs = null } = changes
  const spec = {
    number,
    stage: 0,
    params: { does },
    seed: 1000 + number,
    budget: { epochs: 5 },
    continues: null,
  }
  return { spec, continued, slot, attempt: 1, timeoutMs }
}

/** A listener for measurements that are of no interest. */
export const unheard = (): void => {}
