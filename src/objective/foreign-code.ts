import { AsyncLocalStorage } from 'node:async_hooks'
import { isMainThread } from 'node:worker_threads'
import { FailedError } from './objective.ts'

const foreign = new AsyncLocalStorage<boolean>()
let guests = 0
let restore = (): void => {}

/**
 * Runs somebody else's code on this thread. As long as `work` lasts, what that code prints on stdout goes to stderr,
 * as stdout is for results, and its `process.exit` throws instead of ending the process: FailedError('exited').
 * That holds for its timers and promises, too, and for nothing that other code does meanwhile.
 */
export async function runForeign<T>(work: () => Promise<T>): Promise<T> {
  if (guests === 0) restore = divert()
  guests += 1
  try {
    return await foreign.run(true, work)
  } finally {
    guests -= 1
    if (guests === 0) restore()
  }
}

/** Calls back into our own code from within foreign code. */
export function runOwn<T>(work: () => T): T {
  return foreign.exit(work)
}

/** A worker thread always has its own handlers for both. */
function divert(): () => void {
  if (!isMainThread) return () => {}
  const { stdout, stderr } = process
  const { write } = stdout
  const { exit } = process
  stdout.write = ((...written: Parameters<typeof write>) =>
    foreign.getStore() === true ? stderr.write(...written) : write.apply(stdout, written)) as typeof write
  process.exit = (status?: number | string | null): never => {
    if (foreign.getStore() === true) throw exitCalled(status)
    return exit.call(process, status)
  }
  return () => {
    stdout.write = write
    process.exit = exit
  }
}

/** What `process.exit` throws in foreign code. */
export function exitCalled(status: number | string | null | undefined): FailedError {
  return new FailedError('exited', `The objective called process.exit(${status ?? ''})`)
}
