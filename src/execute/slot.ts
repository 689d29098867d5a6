import { JOURNAL_COUNTERS, type Journal, openJournal } from './journal.ts'

/*
 * A slot is a piece of shared memory for one running trial, through which the main thread and the trial's thread see
 * each other even while the trial computes without a pause:
 *
 *   int32 0             stop requested, 0 or 1; written by the main thread
 *   int32 1             the id of the thread that took the trial, 0 before
 *   int32 2, 3          the journal's counters
 *   float64 at byte 16  when the thread took the trial, on the monotonic clock, in milliseconds; 0 before
 *   float64 at byte 24  when the objective began, likewise
 *   from byte 32        the journal's words
 */
const STOP = 0
const THREAD = 1
const COUNTERS_OFFSET = 8
const TIMES_OFFSET = 16
const JOURNAL_OFFSET = 32

export const SLOT_BYTES = 16 * 1024

export interface Slot {
  readonly index: number
  readonly journal: Journal
  /** Main thread, before a trial: forgets the one before. */
  reset(): void
  requestStop(): void
  stopRequested(): boolean
  /** Worker: this thread has taken the trial, and loads its objective if it has not yet. */
  take(threadId: number): void
  /** 0 if no thread has taken it yet. */
  threadId(): number
  /** On the monotonic clock, in milliseconds; 0 if no thread has taken the trial. */
  takenAt(): number
  /** Worker: the objective begins now. */
  begin(): void
  /** On the monotonic clock, in milliseconds; 0 if the objective has not begun. */
  begunAt(): number
}

/** The slot of that index in a memory of many; it starts zeroed. */
export function openSlot(memory: SharedArrayBuffer, index: number): Slot {
  const start = index * SLOT_BYTES
  const words = new Int32Array(memory, start, 2)
  const times = new Float64Array(memory, start + TIMES_OFFSET, 2)
  const journal = openJournal(
    new Int32Array(memory, start + COUNTERS_OFFSET, JOURNAL_COUNTERS),
    new Float64Array(memory, start + JOURNAL_OFFSET, (SLOT_BYTES - JOURNAL_OFFSET) / 8),
  )
  return {
    index,
    journal,
    reset() {
      words.fill(0)
      times.fill(0)
      journal.reset()
    },
    requestStop() {
      Atomics.store(words, STOP, 1)
    },
    stopRequested() {
      return Atomics.load(words, STOP) === 1
    },
    take(threadId) {
      journal.reset()
      times[0] = monotonicMs()
      Atomics.store(words, THREAD, threadId)
    },
    threadId() {
      return Atomics.load(words, THREAD)
    },
    takenAt() {
      return times[0]!
    },
    begin() {
      times[1] = monotonicMs()
    },
    begunAt() {
      return times[1]!
    },
  }
}

/** A clock that all threads share and nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
