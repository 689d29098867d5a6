import type { Redis } from 'ioredis'
import { describeWarning } from '../execute/output.ts'
import type { EngineKeys, WorkerWarning } from './protocol.ts'

/** What a worker says when it takes part in a session. */
interface Member {
  readonly slots: number
}

/** The workers that run trials of one session, as Redis knows them: who is silent too long has left. */
export class Members {
  readonly #redis: Redis
  readonly #keys: EngineKeys
  readonly #session: string
  readonly #say: (sentence: string) => void
  readonly #changed = new Set<() => void>()
  readonly #told = new Set<string>()
  #members = new Map<string, Member>()

  constructor(redis: Redis, keys: EngineKeys, session: string, say: (sentence: string) => void) {
    this.#redis = redis
    this.#keys = keys
    this.#session = session
    this.#say = say
  }

  /** How many trials they run at once, together. */
  get slots(): number {
    return this.#members.values().reduce((sum, { slots }) => sum + slots, 0)
  }

  onChange(changed: () => void): () => void {
    this.#changed.add(changed)
    return () => this.#changed.delete(changed)
  }

  /** Reads who is there now, reports who joined, left, refused and warned, and calls the listeners if the slots changed. */
  async look(): Promise<void> {
    const before = this.slots
    const names = await this.#redis.smembers(this.#keys.members(this.#session))
    const texts =
      names.length === 0
        ? []
        : await this.#redis.mget(names.map((name) => this.#keys.member(this.#session, name)))
    const members = new Map<string, Member>()
    for (const [i, name] of names.entries()) {
      const text = texts[i]
      if (text != null) members.set(name, JSON.parse(text) as Member)
    }
    for (const [name, { slots }] of members) {
      if (!this.#members.has(name))
        this.#say(`Worker ${name} joined with ${slots} ${slots === 1 ? 'slot' : 'slots'}.`)
    }
    for (const name of this.#members.keys()) {
      if (!members.has(name)) this.#say(`Worker ${name} has left.`)
    }
    this.#members = members
    await this.#tellRefusals()
    await this.#tellWarnings()
    if (this.slots !== before) this.notify()
  }

  /** Calls the listeners. */
  notify(): void {
    for (const changed of this.#changed) changed()
  }

  async #tellRefusals(): Promise<void> {
    const refusals = await this.#redis.hgetall(this.#keys.refusals(this.#session))
    for (const [name, reason] of Object.entries(refusals)) {
      const told = `${name} ${reason}`
      if (this.#told.has(told)) continue
      this.#told.add(told)
      this.#say(`Worker ${name} cannot run this study: ${reason}`)
    }
  }

  async #tellWarnings(): Promise<void> {
    const list = this.#keys.warnings(this.#session)
    const [warnings] = (await this.#redis.multi().lrange(list, 0, -1).del(list).exec()) ?? []
    for (const text of (warnings?.[1] ?? []) as string[]) {
      const { worker, trial, sentence } = JSON.parse(text) as WorkerWarning
      this.#say(describeWarning(`trial ${trial} on ${worker}`, sentence))
    }
  }

  /** Leaves nothing there, after the last warnings. */
  async clear(): Promise<void> {
    await this.#tellWarnings()
    const names = await this.#redis.smembers(this.#keys.members(this.#session))
    const own = names.map((name) => this.#keys.member(this.#session, name))
    await this.#redis.unlink(this.#keys.members(this.#session), this.#keys.refusals(this.#session), ...own)
  }
}
