import { setTimeout } from 'node:timers'

/** How a person or the system stops a running study. */
export interface StopControl {
  /** Aborted by the first signal: no trial begins, running ones may end. The reason is a sentence. */
  readonly drain: AbortSignal
  /** Aborted by the second signal, or when the grace is over: everything ends now. */
  readonly halt: AbortSignal
  /** 130 or 143 once a signal came; null before. */
  readonly exitCode: number | null
  /** Nothing runs any more that a grace would have to end. */
  endGrace(): void
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP (which counts as SIGTERM).
 * @param graceMs how long running trials may go on after the first signal; null for as long as they need.
 * @param say called with a sentence for people at each signal.
 */
export function listenForSignals(graceMs: number | null, say: (sentence: string) => void): StopControl {
  const drain = new AbortController()
  const halt = new AbortController()
  let exitCode: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (exitCode !== null) {
        halt.abort(`stopped by ${name}`)
        return
      }
      exitCode = code
      const grace = graceMs === null ? 'may finish' : `have ${graceMs / 1000} s to finish`
      say(
        `Stopping: no new trials; running ones ${grace}. ${name === 'SIGINT' ? 'Ctrl-C again stops at once.' : ''}`.trim(),
      )
      drain.abort(`stopped by ${name}`)
      if (graceMs !== null) timer = setTimeout(() => halt.abort(`stopped by ${name}`), graceMs)
    })
  }
  return {
    drain: drain.signal,
    halt: halt.signal,
    get exitCode() {
      return exitCode
    },
    endGrace() {
      clearTimeout(timer)
    },
  }
}
