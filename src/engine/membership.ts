import type { Redis } from 'ioredis'
import { type EngineKeys, memberMs, PAYLOAD_SECONDS, type WorkerWarning } from './protocol.ts'

export interface MembershipOptions {
  readonly redis: Redis
  readonly keys: EngineKeys
  readonly session: string
  /** The worker's name. */
  readonly name: string
  readonly slots: number
  readonly lockMs: number
}

/** What a worker says to the orchestrator of a session: that it runs trials, and what objectives warn of. */
export class Membership {
  readonly #options: MembershipOptions
  #telling: Promise<unknown> = Promise.resolve()

  constructor(options: MembershipOptions) {
    this.#options = options
  }

  /** Says that this worker takes part; to be said again before it expires. */
  async announce(): Promise<void> {
    const { redis, keys, session, name, slots, lockMs } = this.#options
    await redis
      .multi()
      .sadd(keys.members(session), name)
      .expire(keys.members(session), PAYLOAD_SECONDS)
      .set(keys.member(session, name), JSON.stringify({ slots }), 'PX', memberMs(lockMs))
      .exec()
  }

  /** Passes on what an objective warns of; what cannot be written is shown here alone. */
  warn(trial: number, sentence: string): void {
    const { redis, keys, session, name } = this.#options
    const warning: WorkerWarning = { worker: name, trial, sentence }
    const list = keys.warnings(session)
    const told = redis.multi().rpush(list, JSON.stringify(warning)).expire(list, PAYLOAD_SECONDS).exec()
    this.#telling = Promise.all([this.#telling, told.catch(() => {})])
  }

  /** Resolves once all warnings are there: the study may end with the trial. */
  async warned(): Promise<void> {
    await this.#telling
  }

  /** Without a server it expires by itself. */
  async leave(): Promise<void> {
    const { redis, keys, session, name } = this.#options
    if (redis.status !== 'ready') return
    await redis
      .multi()
      .srem(keys.members(session), name)
      .del(keys.member(session, name))
      .exec()
      .catch(() => {})
  }
}
