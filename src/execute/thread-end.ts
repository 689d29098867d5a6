import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { type Ending, outOfMemory, threadExited } from './interruption.ts'
import { readThrown } from './thrown.ts'

/**
 * Why a thread exited on its own.
 * @param error what the pool rejects its trial with
 * @param exitStatus undefined if the thread has not exited: it ends because of the error
 */
export function readThreadError(error: unknown, exitStatus: number | undefined, heapLimitMb: number): Ending {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory(heapLimitMb)
  if (exitStatus !== undefined) return threadExited(exitStatus)
  return { state: 'failed', error: readThrown(error).error }
}

/** Waits until a thread that was asked to end has ended; false if it takes longer than `limitMs`. */
export async function threadEnded(thread: Worker, limitMs: number): Promise<boolean> {
  if (thread.threadId === -1) return true
  const ended = once(thread, 'exit').then(() => true)
  return within(limitMs, ended, false)
}

/** What `work` resolves with, or `otherwise` if it takes longer. */
export async function within<T>(limitMs: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, limitMs, otherwise)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
