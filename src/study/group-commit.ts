import type { StudyWriter } from '../store/store.ts'

/** Commits what has been written since the last turn of the event loop, in one transaction. */
export interface GroupCommit {
  /** Has the store flushed at the end of this turn, then calls `committed`; in order of the calls. */
  schedule(committed: () => void): void
  /** Flushes now what is scheduled; throws what a flush threw, now or earlier. */
  settle(): void
  /** What a flush threw; null while all went well. */
  readonly failure: unknown
}

/**
 * Quick trials would pay more for their transactions than for themselves. Trials that end in the same turn of the
 * event loop share one; no trial is reported as finished before its transaction is committed.
 */
export function createGroupCommit(store: StudyWriter): GroupCommit {
  let waiting: (() => void)[] = []
  let failure: unknown = null
  const flush = (): void => {
    if (waiting.length === 0 || failure !== null) return
    const committed = waiting
    waiting = []
    try {
      store.flush()
    } catch (error) {
      failure = error
      return
    }
    for (const callback of committed) callback()
  }
  return {
    schedule(committed) {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(committed)
    },
    settle() {
      flush()
      if (failure !== null) throw failure
    },
    get failure() {
      return failure
    },
  }
}
