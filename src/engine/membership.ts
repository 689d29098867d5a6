import type { Redis } from 'ioredis'
import { type EngineKeys, memberMs, PAYLOAD_SECONDS } from './protocol.ts'

export interface MembershipOptions {
  readonly redis: Redis
  readonly keys: EngineKeys
  readonly session: string
  /** The worker's name. */
  readonly name: string
  readonly slots: number
  readonly lockMs: number
}

/** That a worker runs trials of a session, as its orchestrator reads it. */
export class Membership {
  readonly #options: MembershipOptions

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
