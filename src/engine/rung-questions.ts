import type { RungVerdict } from '../execute/executor.ts'

/** How often a worker asks again: what is published while a connection is lost never arrives. */
const ASK_EVERY_MS = 2_000

/** The rungs at which trials of a worker wait for the orchestrator. */
export class RungQuestions {
  readonly #open = new Map<string, (verdict: RungVerdict) => void>()

  /**
   * @param job the trial's number, a dot, and what tells its jobs apart
   * @param ask sends the question; called until it is answered
   */
  verdict(job: string, step: number, ask: () => void): Promise<RungVerdict> {
    const key = `${job}@${step}`
    const { promise, resolve } = Promise.withResolvers<RungVerdict>()
    const timer = setInterval(ask, ASK_EVERY_MS)
    this.#open.set(key, (verdict) => {
      clearInterval(timer)
      this.#open.delete(key)
      resolve(verdict)
    })
    ask()
    return promise
  }

  answer(job: string, step: number, verdict: RungVerdict): void {
    this.#open.get(`${job}@${step}`)?.(verdict)
  }

  /** Has a trial end that waits. */
  stop(trial: number): void {
    for (const [key, give] of [...this.#open]) if (key.startsWith(`${trial}.`)) give('stop')
  }

  /** Has all that wait end. */
  close(): void {
    for (const give of [...this.#open.values()]) give('stop')
  }
}
