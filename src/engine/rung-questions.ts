import type { RungVerdict } from '../execute/executor.ts'

/** How often a worker asks again: what is published while a connection is lost never arrives. */
const ASK_EVERY_MS = 2_000

interface Question {
  /** The trial's number, a dot, and what tells its jobs apart. */
  readonly job: string
  readonly step: number
  readonly give: (verdict: RungVerdict) => void
}

/** The rungs at which trials of a worker wait for the orchestrator. */
export class RungQuestions {
  /** A server that was emptied may give a worker a job a second time while it runs: both copies ask. */
  readonly #open = new Set<Question>()

  /** @param ask sends the question; called until it is answered */
  verdict(job: string, step: number, ask: () => void): Promise<RungVerdict> {
    const { promise, resolve } = Promise.withResolvers<RungVerdict>()
    const timer = setInterval(ask, ASK_EVERY_MS)
    const question: Question = {
      job,
      step,
      give: (verdict) => {
        clearInterval(timer)
        this.#open.delete(question)
        resolve(verdict)
      },
    }
    this.#open.add(question)
    ask()
    return promise
  }

  answer(job: string, step: number, verdict: RungVerdict): void {
    for (const question of [...this.#open])
      if (question.job === job && question.step === step) question.give(verdict)
  }

  /** Has a trial end that waits. */
  stop(trial: number): void {
    for (const { job, give } of [...this.#open]) if (job.startsWith(`${trial}.`)) give('stop')
  }

  /** Has all that wait end. */
  close(): void {
    for (const { give } of [...this.#open]) give('stop')
  }
}
