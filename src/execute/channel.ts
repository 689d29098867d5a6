import type { RungVerdict } from './executor.ts'
import { JOURNAL_COUNTERS, type Journal, openJournal } from './journal.ts'

/*
 * A channel is a piece of shared memory for one running trial, through which the main thread and the trial's thread see
 * each other even while the trial computes without a pause:
 *
 *   int32 0             stop requested, 0 or 1; written by the main thread
 *   int32 1             the id of the thread that took the trial, 0 before
 *   int32 2             the verdict at a rung: 0 until it is there, else 1 + its index in VERDICTS
 *   int32 4, 5          the journal's counters
 *   float64 at byte 24  when the thread took the trial, on the monotonic clock, in milliseconds; 0 before
 *   float64 at byte 32  when the objective began, likewise
 *   float64 at byte 40  bytes of the thread's heap when its objective had been loaded
 *   from byte 48        the journal's words
 */
const STOP = 0
const THREAD = 1
const VERDICT = 2
const COUNTERS_OFFSET = 16
const FIGURES_OFFSET = 24
const JOURNAL_OFFSET = 48

const VERDICTS: readonly RungVerdict[] = ['go-on', 'prune', 'stop']

export const CHANNEL_BYTES = 16 * 1024

export interface Channel {
  readonly index: number
  readonly journal: Journal
  /** Main thread, before a trial: forgets the one before. */
  reset(): void
  requestStop(): void
  stopRequested(): boolean
  /** Main thread: gives the verdict that the trial waits for at a rung. */
  giveVerdict(verdict: RungVerdict): void
  /** Worker: waits for it; the thread goes on with other things meanwhile. */
  verdict(): Promise<RungVerdict>
  /** Worker: this thread has taken the trial, and loads its objective if it has not yet. */
  take(threadId: number): void
  /** 0 if no thread has taken it yet. */
  threadId(): number
  /** On the monotonic clock, in milliseconds; 0 if no thread has taken the trial. */
  takenAt(): number
  /** Worker: the objective begins now, with this much of the thread's heap in use before it. */
  begin(heapBytes: number): void
  /** On the monotonic clock, in milliseconds; 0 if the objective has not begun. */
  begunAt(): number
  heapBytes(): number
}

/** The channel of that index in a memory of many; it starts zeroed. */
export function openChannel(memory: SharedArrayBuffer, index: number): Channel {
  const start = index * CHANNEL_BYTES
  const words = new Int32Array(memory, start, 3)
  const figures = new Float64Array(memory, start + FIGURES_OFFSET, 3)
  const journal = openJournal(
    new Int32Array(memory, start + COUNTERS_OFFSET, JOURNAL_COUNTERS),
    new Float64Array(memory, start + JOURNAL_OFFSET, (CHANNEL_BYTES - JOURNAL_OFFSET) / 8),
  )
  return {
    index,
    journal,
    reset() {
      words.fill(0)
      figures.fill(0)
      journal.reset()
    },
    requestStop() {
      Atomics.store(words, STOP, 1)
    },
    stopRequested() {
      return Atomics.load(words, STOP) === 1
    },
    giveVerdict(verdict) {
      Atomics.store(words, VERDICT, 1 + VERDICTS.indexOf(verdict))
      Atomics.notify(words, VERDICT)
    },
    async verdict() {
      for (;;) {
        const given = Atomics.exchange(words, VERDICT, 0)
        if (given !== 0) return VERDICTS[given - 1]!
        await Atomics.waitAsync(words, VERDICT, 0).value
      }
    },
    take(threadId) {
      journal.reset()
      figures[0] = monotonicMs()
      Atomics.store(words, THREAD, threadId)
    },
    threadId() {
      return Atomics.load(words, THREAD)
    },
    takenAt() {
      return figures[0]!
    },
    begin(heapBytes) {
      figures[2] = heapBytes
      figures[1] = monotonicMs()
    },
    begunAt() {
      return figures[1]!
    },
    heapBytes() {
      return figures[2]!
    },
  }
}

/** A clock that all threads share and nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
