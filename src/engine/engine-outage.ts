import type { UserError } from '../errors.ts'
import { writesRefused } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { unreachable } from './unreachable.ts'

export interface OutageOptions {
  readonly address: EngineAddress
  /** How long an outage may last, milliseconds. */
  readonly timeoutMs: number
  readonly say: (sentence: string) => void
  /** Called once an outage has lasted too long. */
  readonly onGivenUp: (failure: UserError) => void
}

/** Follows whether the engine can be used: reports when it cannot and when it can again, and gives up in the end. */
export class EngineOutage {
  readonly #options: OutageOptions
  #timer: NodeJS.Timeout | undefined
  #isRefusing = false
  #isClosed = false

  constructor(options: OutageOptions) {
    this.#options = options
  }

  lost(): void {
    if (this.#isClosed) return
    const { address, say } = this.#options
    say(`The engine ${address.shown} cannot be reached; waiting for it. No results are lost.`)
    this.#giveUpAfter((seconds) => unreachable(address, `it has been unreachable for ${seconds} s`))
  }

  back(): void {
    this.#isRefusing = false
    clearTimeout(this.#timer)
    this.#options.say(`The engine ${this.#options.address.shown} is back.`)
  }

  /** It answers, but takes no writes: its memory is full, or the user may not write. */
  refused(reason: string): void {
    if (this.#isRefusing || this.#isClosed) return
    this.#isRefusing = true
    const { address, say } = this.#options
    say(`The engine ${address.shown} accepts no writes: ${reason}; waiting. No results are lost.`)
    this.#giveUpAfter((seconds) => writesRefused(address, reason, seconds))
  }

  accepted(): void {
    if (!this.#isRefusing) return
    this.#isRefusing = false
    clearTimeout(this.#timer)
    this.#options.say(`The engine ${this.#options.address.shown} accepts writes again.`)
  }

  /** From now on, a connection that ends is no outage. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #giveUpAfter(failure: (seconds: number) => UserError): void {
    const { timeoutMs, onGivenUp } = this.#options
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => onGivenUp(failure(Math.round(timeoutMs / 1000))), timeoutMs)
  }
}
