import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { UserError } from '../errors.ts'
import { type EngineKeys, PAYLOAD_SECONDS, PRESENCE_SECONDS, type WorkerPresence } from './protocol.ts'

export interface PresenceOptions {
  readonly name: string
  readonly slots: number
  readonly codeVersion: string
  readonly labels: readonly string[]
  readonly kernels: { readonly description: string; readonly stepHash: string }
}

/** What Redis knows of a worker while it is there. */
export class Presence {
  readonly #options: PresenceOptions
  readonly #redis: Redis
  readonly #keys: EngineKeys
  readonly #began = performance.now()

  constructor(options: PresenceOptions, redis: Redis, keys: EngineKeys) {
    this.#options = options
    this.#redis = redis
    this.#keys = keys
  }

  /** @throws UserError('usage') if another living worker has the name */
  async takeName(): Promise<void> {
    const { name } = this.#options
    const text = await this.#redis.get(this.#keys.worker(name))
    if (text !== null) {
      const { host, pid } = JSON.parse(text) as WorkerPresence
      if (host !== hostname() || isAlive(pid)) {
        throw new UserError('usage', `--name: worker ${name} already exists (process ${pid} on ${host})`, {
          hint: `Choose another name; that of a killed worker is free again after ${PRESENCE_SECONDS} s.`,
        })
      }
    }
    await this.announce({ running: [], finished: 0 })
  }

  /** To be said again before it expires. */
  async announce({ running, finished }: Pick<WorkerPresence, 'running' | 'finished'>): Promise<void> {
    const { name, slots, labels, codeVersion, kernels } = this.#options
    const presence: WorkerPresence = {
      name,
      host: hostname(),
      pid: process.pid,
      slots,
      codeVersion,
      labels,
      running,
      finished,
      kernels: kernels.description,
      stepHash: kernels.stepHash,
      upSeconds: (performance.now() - this.#began) / 1000,
    }
    await this.#redis
      .multi()
      .sadd(this.#keys.workers, name)
      .expire(this.#keys.workers, PAYLOAD_SECONDS)
      .set(this.#keys.worker(name), JSON.stringify(presence), 'EX', PRESENCE_SECONDS)
      .exec()
  }

  async goodbye(): Promise<void> {
    const { name } = this.#options
    if (this.#redis.status !== 'ready') return
    await this.#redis
      .multi()
      .srem(this.#keys.workers, name)
      .del(this.#keys.worker(name))
      .exec()
      .catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
