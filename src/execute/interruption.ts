import type { TrialError } from '../trial.ts'

/** How a trial ends otherwise than by its own measurements. */
export interface Ending {
  readonly state: 'failed' | 'diverged' | 'stopped'
  readonly error: TrialError | null
}

/** What ends a trial from outside: a time limit, a stray error of its own, the closing of its executor. */
export interface Interruption {
  /** The first ending that was raised; null while the trial may go on. */
  readonly ending: Ending | null
  /** Resolves when an ending is raised. */
  readonly raised: Promise<void>
  /** Later endings are ignored. */
  raise(ending: Ending): void
}

export function createInterruption(): Interruption {
  let ending: Ending | null = null
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    get ending() {
      return ending
    },
    raised: promise,
    raise(first) {
      ending ??= first
      resolve()
    },
  }
}

/** For a trial whose executor closes: it is to run again. */
export const CLOSED: Ending = Object.freeze({ state: 'stopped', error: null })

export function timedOut(timeoutMs: number): Ending {
  const message = `The trial ran longer than its limit of ${timeoutMs / 1000} s`
  return { state: 'failed', error: { code: 'timeout', message, stack: null } }
}

/** For a thread that exited on its own, with that status. */
export function threadExited(status: number): Ending {
  const message = `The trial's thread ended by itself, with status ${status}`
  return { state: 'failed', error: { code: 'exited', message, stack: null } }
}

export function outOfMemory(limitMb: number): Ending {
  const message = `The trial used more than its limit of ${limitMb} MB of JavaScript heap (limits.heapMb)`
  return { state: 'failed', error: { code: 'out-of-memory', message, stack: null } }
}
