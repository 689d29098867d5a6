import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { TrialJob, TrialResult } from './protocol.ts'
import { expireKeys } from './queue-keys.ts'

interface Letter {
  readonly name: string
  readonly id: string
  readonly job: TrialJob
}

/** Sends jobs: those of the same turn of the event loop go together, since trials that are short also end together. */
export class Outbox {
  readonly #queue: Queue<TrialJob, TrialResult>
  readonly #redis: Redis
  #letters: Letter[] = []
  #sending: Promise<void> = Promise.resolve()

  constructor(queue: Queue<TrialJob, TrialResult>, redis: Redis) {
    this.#queue = queue
    this.#redis = redis
  }

  /** Resolves once the job is sent; one with the id of a job that is there changes nothing. */
  send(name: string, id: string, job: TrialJob): Promise<void> {
    if (this.#letters.length === 0) {
      this.#sending = new Promise((resolve, reject) => {
        setImmediate(() => this.#post().then(resolve, reject))
      })
    }
    this.#letters.push({ name, id, job })
    return this.#sending
  }

  async #post(): Promise<void> {
    const letters = this.#letters
    this.#letters = []
    const sent = this.#queue.addBulk(
      letters.map(({ name, id, job }) => ({ name, data: job, opts: { jobId: id } })),
    )
    // Behind the jobs, in the same turn: a process that dies now leaves no job behind.
    const keys = letters.map(({ id }) => this.#queue.toKey(id))
    await Promise.all([sent, expireKeys(this.#redis, keys)])
  }
}
