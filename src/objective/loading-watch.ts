import { Worker } from 'node:worker_threads'
import { PreparationStopped } from '../data/prepare-in-thread.ts'
import { UserError } from '../errors.ts'

/** After how long a module that is still loading is named. It is waited for even so: it may be reading a data set. */
export const LOADING_NOTICE_MS = 10_000

/**
 * That a module is still loading, and what that means: a sentence without its full stop.
 * @param limitMs how long it is waited for in all; null for as long as it takes
 */
export function stillLoading(file: string, noticeMs: number, limitMs: number | null = null): string {
  const wait = limitMs === null ? 'however long it takes' : `${limitMs / 1000} s in all`
  return `${file} is still loading after ${noticeMs / 1000} s: it is waited for ${wait}, but if it does nothing that takes long, it loops or awaits what never comes`
}

/** Runs in a thread of its own, as the one that loads the module may be blocked by it. */
const WATCHER = `
const { workerData: { done, noticeMs, text, stream } } = require('node:worker_threads')
if (Atomics.wait(new Int32Array(done), 0, 0, noticeMs) === 'timed-out') require('node:fs').writeSync(stream, text)
`

interface WatchOptions {
  /** Gives up the wait. */
  readonly signal?: AbortSignal | undefined
  readonly noticeMs?: number
  /** The file descriptor that the sentence is written to, stderr by default. */
  readonly stream?: number
}

/**
 * Waits for a module that `load` loads on this thread. If that takes long it is said, even while the module blocks this
 * thread; if nothing is left in this process that could end the wait, it fails.
 * @throws UserError('usage'); PreparationStopped once the signal is aborted; what `load` throws
 */
export async function watchLoading<T>(
  file: string,
  load: () => Promise<T>,
  { signal, noticeMs = LOADING_NOTICE_MS, stream = 2 }: WatchOptions = {},
): Promise<T> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(new PreparationStopped('stopped while the objective was loaded'))
  const nothingLeft = (): void => reject(neverLoads(file))
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  process.once('beforeExit', nothingLeft)
  const endWatch = startWatcher(stillLoading(file, noticeMs), noticeMs, stream)
  try {
    return await Promise.race([load(), givenUp])
  } finally {
    endWatch()
    process.off('beforeExit', nothingLeft)
    signal?.removeEventListener('abort', stop)
  }
}

/** @returns what ends the watch */
function startWatcher(sentence: string, noticeMs: number, stream: number): () => void {
  const done = new SharedArrayBuffer(4)
  const text = `${sentence}. Ctrl-C ends the wait; where that does nothing, kill -KILL ${process.pid}\n`
  const workerData = { done, noticeMs, text, stream }
  const watcher = new Worker(WATCHER, { eval: true, workerData, execArgv: [], env: {} })
  // Without it nothing is missing but the sentence.
  watcher.on('error', () => {})
  watcher.unref()
  return () => {
    const word = new Int32Array(done)
    Atomics.store(word, 0, 1)
    Atomics.notify(word, 0)
  }
}

function neverLoads(file: string): UserError {
  return new UserError(
    'usage',
    'The objective never finishes loading: an await at its top level waits for what nothing in this process will bring',
    {
      where: { file },
      hint: 'Resolve that promise, or await inside the function that measures.',
    },
  )
}
