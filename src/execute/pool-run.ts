import type { Worker } from 'node:worker_threads'
import type { TimedMeasurement } from '../trial.ts'
import { type Channel, monotonicMs } from './channel.ts'
import type { RungVerdict, TrialTask } from './executor.ts'
import type { Ending } from './interruption.ts'

/** A trial that runs on a thread, as the main thread sees it. */
export interface PoolRun {
  readonly task: TrialTask
  readonly channel: Channel
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>
  readonly abort: AbortController
  readonly startedAt: number
  /** What was announced so far. */
  readonly measured: TimedMeasurement[]
  ending: Ending | null
  /** The thread that was asked to end, if one had taken the trial. */
  thread: Worker | null
  /** Whether that thread did not end: its channel is not used again. */
  stuck: boolean
  /** Milliseconds that it has waited at rungs, and since when it waits at one now. */
  waitedMs: number
  waitsSince: number | null
  /** Monotonic milliseconds: when its heap is to be looked at next; 0 before the objective has begun. */
  heapDueAt: number
}

export function newRun(given: Pick<PoolRun, 'task' | 'channel' | 'onMeasurement' | 'onRung'>): PoolRun {
  return {
    ...given,
    abort: new AbortController(),
    startedAt: Date.now(),
    measured: [],
    ending: null,
    thread: null,
    stuck: false,
    waitedMs: 0,
    waitsSince: null,
    heapDueAt: 0,
  }
}

/** Reports the measurements not reported yet; steps increase. */
export function announce(run: PoolRun, measurements: readonly TimedMeasurement[]): void {
  const lastStep = run.measured.at(-1)?.step ?? 0
  for (const measurement of measurements) {
    if (measurement.step <= lastStep) continue
    run.measured.push(measurement)
    run.onMeasurement(measurement)
  }
}

/** The trial whose thread has been loading its objective for longer than `noticeMs`; undefined if there is none. */
export function longLoading(runs: Iterable<PoolRun>, noticeMs: number): PoolRun | undefined {
  const since = monotonicMs() - noticeMs
  return [...runs].find(
    ({ channel }) => channel.begunAt() === 0 && channel.takenAt() !== 0 && channel.takenAt() < since,
  )
}

/** How often the clock of a thread that has not begun is looked at. */
const LOOK_EVERY_MS = 20

/**
 * Calls `expire` once the objective has had `timeoutMs`, or its loading `loadingMs` more; waiting for a thread or at a
 * rung does not count.
 *
 * @returns what ends the watch
 */
export function watchTime(
  run: PoolRun,
  timeoutMs: number,
  loadingMs: number,
  expire: () => void,
): () => void {
  let timer: NodeJS.Timeout
  const look = (): void => {
    const begunAt = run.channel.begunAt()
    const takenAt = run.channel.takenAt()
    const now = monotonicMs()
    const dueAt = begunAt + run.waitedMs + timeoutMs
    const hasBegun = begunAt !== 0
    const isOver = hasBegun ? now >= dueAt : takenAt !== 0 && now >= takenAt + loadingMs + timeoutMs
    if (run.waitsSince === null && isOver) {
      expire()
    } else {
      const known = hasBegun && run.waitsSince === null
      timer = setTimeout(look, known ? dueAt - now : Math.min(timeoutMs, LOOK_EVERY_MS))
    }
  }
  timer = setTimeout(look, timeoutMs)
  return () => clearTimeout(timer)
}
