import { runningKind } from '../objective/load.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { Executor } from './executor.ts'
import { createInlineExecutor } from './inline.ts'
import { createPoolExecutor, type PoolOptions } from './pool.ts'

/**
 * The executor that fits an objective: threads for what computes here; for a command none, as each trial is a process
 * of its own; and the calling thread for an object, which can't leave it: its trials take turns where they wait.
 */
export function createExecutor(source: ObjectiveSource, options: PoolOptions): Executor {
  if (runningKind(source).runsIn === 'threads') return createPoolExecutor(source, options)
  const { workers, onPrint, onWarning } = options
  return createInlineExecutor(source, { onPrint, onWarning, slots: workers })
}
