import type { Redis } from 'ioredis'
import { type EngineKeys, PAYLOAD_SECONDS, type TrialResult } from './protocol.ts'

/** What a job has left beside it. */
export interface Left {
  /** Exact JSON of the outcome. */
  readonly outcome: string
  readonly artifact: Uint8Array | null
}

/** The large values beside the jobs of a session, as its orchestrator puts and fetches them. */
export class Payloads {
  readonly #redis: Redis
  readonly #keys: EngineKeys
  readonly #session: string

  constructor(redis: Redis, keys: EngineKeys, session: string) {
    this.#redis = redis
    this.#keys = keys
    this.#session = session
  }

  /** Puts there what the trial of a job continues. */
  async send(job: string, continued: Uint8Array): Promise<void> {
    await this.#redis.setex(this.#keys.continued(this.#session, job), PAYLOAD_SECONDS, Buffer.from(continued))
  }

  /** Null for what has expired before it was fetched. */
  async fetch(job: string, result: TrialResult): Promise<Left | null> {
    const outcome = result.outcome ?? (await this.#redis.get(this.#keys.outcome(this.#session, job)))
    const artifactKey = this.#keys.artifact(this.#session, job)
    const artifact = result.artifact ? await this.#redis.getBuffer(artifactKey) : null
    if (outcome === null || (result.artifact && artifact === null)) return null
    return { outcome, artifact: artifact === null ? null : new Uint8Array(artifact) }
  }

  /** Removes what there is of a job that has ended. @param continues whether its trial continued another */
  async forget(job: string, { outcome, artifact }: TrialResult, continues: boolean): Promise<void> {
    const left = [
      ...(continues ? [this.#keys.continued(this.#session, job)] : []),
      ...(artifact ? [this.#keys.artifact(this.#session, job)] : []),
      ...(outcome === null ? [this.#keys.outcome(this.#session, job)] : []),
    ]
    if (left.length > 0) await this.#redis.unlink(left)
  }
}
