import type { Queue, QueueEvents, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { anotherConnection, type ConnectionWatch, connectEngine } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { queueName, type TrialJob, type TrialResult } from './protocol.ts'
import { loadQueueLibrary } from './queue-library.ts'

/** How many jobs that have ended are kept: for those whose event was lost, until the next look at them. */
const KEPT_JOBS = 1_000

/** The queue of a session, as its orchestrator uses it. */
export interface RemoteQueue {
  /** For commands. */
  readonly redis: Redis
  readonly queue: Queue<TrialJob, TrialResult>
  readonly events: QueueEvents
  /** Looks for jobs whose worker has died; it runs none. */
  readonly watcher: Worker<TrialJob, TrialResult>
  /** The jobs that have waited for a slot since the last call. */
  stillWaiting(): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

export interface RemoteQueueOptions {
  readonly address: EngineAddress
  readonly prefix: string
  readonly session: string
  readonly lockMs: number
  readonly watch: ConnectionWatch
}

/** @throws UserError('engine') if the libraries are not installed or the server cannot be reached */
export async function openRemoteQueue(options: RemoteQueueOptions): Promise<RemoteQueue> {
  const { address, prefix, session, lockMs, watch } = options
  const libraries = await loadQueueLibrary()
  const { bullmq } = libraries
  const redis = await connectEngine(libraries, address, watch)
  const name = queueName(session)
  // Each blocks its connection, or must not wait behind one that does.
  const connections = [redis]
  const connection = (): Redis => {
    const another = anotherConnection(redis)
    connections.push(another)
    return another
  }
  const queue = new bullmq.Queue<TrialJob, TrialResult>(name, {
    connection: redis,
    prefix,
    defaultJobOptions: { attempts: 1, removeOnFail: true, removeOnComplete: { count: KEPT_JOBS } },
  })
  const events = new bullmq.QueueEvents(name, { connection: connection(), prefix })
  const watcher = new bullmq.Worker<TrialJob, TrialResult>(name, null, {
    connection: connection(),
    prefix,
    autorun: false,
    lockDuration: lockMs,
    stalledInterval: Math.ceil(lockMs / 2),
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  })
  // Without a listener an error would end the process.
  queue.on('error', () => {})
  events.on('error', () => {})
  watcher.on('error', () => {})
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()])
  let waited: ReadonlySet<string> = new Set()
  return {
    redis,
    queue,
    events,
    watcher,
    async stillWaiting() {
      const waiting = new Set(await redis.lrange(queue.toKey('wait'), 0, -1))
      const still = waiting.intersection(waited)
      waited = waiting
      return still
    },
    async close() {
      const isThere = redis.status === 'ready'
      const closed = Promise.allSettled([watcher.close(true), events.close(), queue.close()])
      // Without a server they wait for one.
      if (isThere) await closed
      // BullMQ does not close what it was given.
      for (const each of connections) each.disconnect()
    },
  }
}
