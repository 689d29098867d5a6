import type { StageIndex } from '../trial.ts'
import type { Interval } from './store.ts'

/** A longer time in which no trial ran is a pause: between a stop and a resume, say. In milliseconds. */
export const PAUSE_MS = 2000

/** Adds the time of a trial to times that are in order and apart by more than a pause, and stay so. */
export function addInterval(ran: readonly Interval[], [from, to]: Interval): Interval[] {
  const isNear = ([start, end]: Interval) => start <= to + PAUSE_MS && from <= end + PAUSE_MS
  const near = ran.filter(isNear)
  const joined: Interval = [
    Math.min(from, ...near.map(([start]) => start)),
    Math.max(to, ...near.map(([, end]) => end)),
  ]
  return [...ran.filter((interval) => !isNear(interval)), joined].sort(([a], [b]) => a - b)
}

/** How long trials ran, in milliseconds: from the first start to the last end without pauses; null if none ran. */
export function runningTime(ran: readonly Interval[]): number | null {
  return ran.length === 0 ? null : ran.reduce((sum, [from, to]) => sum + to - from, 0)
}

/** Where pauses of a stage's trials lie; `ended` is null before the first trial. */
export type PauseRow = readonly [stage: StageIndex, ended: number | null, began: number]

/** When the last trial of a stage ended. */
export type EndRow = readonly [stage: StageIndex, last: number]

/**
 * Finds the pauses of trials in the store, by stage and in order. Trials that began in the same second are one first:
 * no pause lies between them, and of many short trials few are left to compare.
 *
 * @param where a condition on the trials
 */
export function pausesSql(where: string): string {
  return `SELECT stage, ended, began FROM (
      SELECT stage, began, max(until) OVER (
        PARTITION BY stage ORDER BY began ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS ended
      FROM (
        SELECT stage, min(started_at) AS began, max(${UNTIL}) AS until
        FROM trials WHERE ${where} AND started_at IS NOT NULL GROUP BY stage, CAST(started_at / ${SECOND_MS} AS INTEGER)
      )
    ) WHERE ended IS NULL OR began - ended > ${PAUSE_MS} ORDER BY stage, began`
}

/** Finds the last ends; in the query of the pauses they would cost another sort. @param where a condition on the trials */
export function endsSql(where: string): string {
  return `SELECT stage, max(${UNTIL}) FROM trials WHERE ${where} AND started_at IS NOT NULL GROUP BY stage`
}

const SECOND_MS = 1000
const UNTIL = 'started_at + coalesce(duration_ms, 0)'

/** When the trials of each stage ran. */
export function betweenPauses(
  pauses: readonly PauseRow[],
  ends: readonly EndRow[],
): Map<StageIndex, Interval[]> {
  const lastEnds = new Map(ends)
  const ran = new Map<StageIndex, Interval[]>()
  for (const [at, [stage, , began]] of pauses.entries()) {
    const next = pauses[at + 1]
    const to = next?.[0] === stage ? next[1]! : lastEnds.get(stage)!
    ran.set(stage, [...(ran.get(stage) ?? []), [began, to]])
  }
  return ran
}
