import { AsyncLocalStorage } from 'node:async_hooks'

const foreign = new AsyncLocalStorage<boolean>()
let guests = 0
let ownWrite: typeof process.stdout.write | null = null

/**
 * Runs somebody else's code on this thread with what it prints on stdout going to stderr, also later, from its timers
 * and promises, as long as `work` lasts: stdout is for results.
 */
export async function withOutputOnStderr<T>(work: () => Promise<T>): Promise<T> {
  if (guests === 0) divert()
  guests += 1
  try {
    return await foreign.run(true, work)
  } finally {
    guests -= 1
    if (guests === 0) restore()
  }
}

/** Calls back into our own code from within such work: its output goes where it is meant to. */
export function withOwnOutput<T>(work: () => T): T {
  return foreign.exit(work)
}

function divert(): void {
  const { stdout, stderr } = process
  const write = stdout.write
  ownWrite = write
  stdout.write = ((...written: Parameters<typeof write>) =>
    foreign.getStore() === true ? stderr.write(...written) : write.apply(stdout, written)) as typeof write
}

function restore(): void {
  if (ownWrite !== null) process.stdout.write = ownWrite
  ownWrite = null
}
