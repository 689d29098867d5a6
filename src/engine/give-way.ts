import type { TrialNumber } from '../trial.ts'
import type { RemoteRun } from './remote-run.ts'

/**
 * The trial that has to end, to be run again later: the highest that waits at a rung while a lower one waits for a slot,
 * which it may hold. A job that is sent again, after a failure or by a worker that died, comes behind higher numbers.
 * @param waiting the jobs that wait for a slot
 * @returns null if there is none
 */
export function whoGivesWay(runs: readonly RemoteRun[], waiting: ReadonlySet<string>): TrialNumber | null {
  const number = ({ task }: RemoteRun): number => task.spec.number
  const first = Math.min(...runs.filter(({ job }) => waiting.has(job)).map(number))
  const last = Math.max(...runs.filter(({ isAtRung }) => isAtRung).map(number))
  return last > first ? last : null
}
