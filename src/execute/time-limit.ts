/** A time limit that is paused while its trial waits for others. */
export interface TimeLimit {
  pause(): void
  resume(): void
  /** For a thread that had no time for timers: expires if the time is over. */
  check(): void
}

/** Begins at once. @param limitMs null for none */
export function createTimeLimit(limitMs: number | null, expire: () => void): TimeLimit {
  let leftMs = limitMs ?? Number.POSITIVE_INFINITY
  let since: number | null = null
  let timer: NodeJS.Timeout | undefined
  const resume = (): void => {
    if (since !== null || limitMs === null) return
    since = performance.now()
    timer = setTimeout(expire, leftMs)
  }
  resume()
  return {
    pause() {
      clearTimeout(timer)
      if (since !== null) leftMs -= performance.now() - since
      since = null
    },
    resume,
    check() {
      if (since !== null && performance.now() - since > leftMs) expire()
    },
  }
}
