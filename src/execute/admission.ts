/** Limits how many trials run at once; the others wait in order of arrival. */
export interface Admission {
  /** Runs `work` when it is its turn. */
  admit<T>(work: () => Promise<T>): Promise<T>
  /** From now on nobody waits. */
  open(): void
}

export function createAdmission(places: number): Admission {
  const waiting: (() => void)[] = []
  let free = places
  return {
    async admit(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        // A place is handed on rather than freed, so that nobody who comes now goes first.
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
    open() {
      free = Number.POSITIVE_INFINITY
      for (const enter of waiting.splice(0)) enter()
    },
  }
}
