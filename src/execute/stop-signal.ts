/** A trial's AbortSignal, made only when its objective asks for one: most never do. */
export interface StopSignal {
  /** The signal; already aborted if the stop came before anybody asked. */
  get(): AbortSignal
  /** Aborts it, now or when it is first asked for. */
  abort(): void
}

export function createStopSignal(): StopSignal {
  let controller: AbortController | null = null
  let aborted = false
  return {
    get() {
      controller ??= new AbortController()
      if (aborted) controller.abort()
      return controller.signal
    },
    abort() {
      aborted = true
      controller?.abort()
    },
  }
}
