import type { Redis } from 'ioredis'
import type { LateOutcome } from './protocol.ts'

/** Compares outcomes that came after somebody else had taken their job with those that counted. */
export class LateOutcomes {
  readonly #counted = new Map<string, LateOutcome>()
  /** Late ones of attempts that have no counted outcome yet. */
  readonly #early = new Map<string, LateOutcome[]>()
  readonly #say: (sentence: string) => void

  constructor(say: (sentence: string) => void) {
    this.#say = say
  }

  counts(outcome: LateOutcome): void {
    const attempt = attemptOf(outcome)
    this.#counted.set(attempt, outcome)
    for (const late of this.#early.get(attempt) ?? []) this.#compare(outcome, late)
    this.#early.delete(attempt)
  }

  /** Takes those in that workers have left in a list. */
  async fetch(redis: Redis, list: string): Promise<void> {
    for (let text = await redis.lpop(list); text !== null; text = await redis.lpop(list))
      this.cameLate(JSON.parse(text) as LateOutcome)
  }

  cameLate(late: LateOutcome): void {
    const attempt = attemptOf(late)
    const counted = this.#counted.get(attempt)
    if (counted !== undefined) this.#compare(counted, late)
    else this.#early.set(attempt, [...(this.#early.get(attempt) ?? []), late])
  }

  /** Attempts of a trial are functions of its spec: both must have measured the same, to the last bit. */
  #compare(counted: LateOutcome, late: LateOutcome): void {
    if (counted.hash === late.hash) return
    this.#say(
      `Trial ${counted.trial} gave different results on ${placeOf(late)} and ${placeOf(counted)}: ` +
        'its objective is not deterministic, or one of them computes incorrectly. ' +
        'Compare them: finesweep doctor --engine URL.',
    )
  }
}

function placeOf({ worker, host }: LateOutcome): string {
  return `${worker} (${host})`
}

function attemptOf({ trial, attempt }: LateOutcome): string {
  return `${trial}.${attempt}`
}
