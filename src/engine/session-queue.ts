import { randomUUID } from 'node:crypto'
import type { Queue, QueueEvents, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { type ConnectionWatch, connectEngine } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { PAYLOAD_SECONDS, queueName, type TrialJob, type TrialResult } from './protocol.ts'
import { loadQueueLibrary } from './queue-library.ts'

/** What an orchestrator has of an engine: a queue of its own for the trials of one session. */
export interface SessionQueue {
  /** The session's id; each run and each resume has a new one. */
  readonly session: string
  /** For commands. */
  readonly redis: Redis
  readonly queue: Queue<TrialJob, TrialResult>
  readonly events: QueueEvents
  /** Leaves nothing of the queue in Redis if the server is there, and lets go of every connection. */
  close(): Promise<void>
}

/** @throws UserError('engine') if the libraries are not installed or the server cannot be reached */
export async function openSessionQueue(options: {
  readonly address: EngineAddress
  readonly prefix: string
  /** Milliseconds after which the job of a silent worker is handed out again. */
  readonly lockMs: number
  readonly watch: ConnectionWatch
}): Promise<SessionQueue> {
  const { address, prefix, lockMs, watch } = options
  const libraries = await loadQueueLibrary()
  const { bullmq } = libraries
  const redis = await connectEngine(libraries, address, watch)
  const session = randomUUID().slice(0, 13)
  const name = queueName(session)
  const connections = [redis]
  // Each part blocks its connection, or must not wait behind one that does. BullMQ does not close what it was given.
  const connection = (): Redis => {
    const another = redis.duplicate()
    // What happens to the server is told by the first one.
    another.on('error', () => {})
    connections.push(another)
    return another
  }
  const queue = new bullmq.Queue<TrialJob, TrialResult>(name, {
    connection: redis,
    prefix,
    defaultJobOptions: { attempts: 1, removeOnFail: true, removeOnComplete: { age: PAYLOAD_SECONDS } },
  })
  const events = new bullmq.QueueEvents(name, { connection: connection(), prefix })
  // Runs nothing: it looks for jobs whose worker has died.
  const watcher: Worker<TrialJob, TrialResult> = new bullmq.Worker(name, null, {
    connection: connection(),
    prefix,
    autorun: false,
    lockDuration: lockMs,
    stalledInterval: Math.ceil(lockMs / 2),
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  })
  // The connection tells of them; without a listener they would end the process.
  queue.on('error', () => {})
  events.on('error', () => {})
  watcher.on('error', () => {})
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()])
  await watcher.startStalledCheckTimer()
  return {
    session,
    redis,
    queue,
    events,
    async close() {
      const isThere = redis.status === 'ready'
      if (isThere) await queue.obliterate({ force: true }).catch(() => {})
      const closed = Promise.allSettled([watcher.close(true), events.close(), queue.close()])
      // Without a server they wait for one.
      if (isThere) await closed
      for (const each of connections) each.disconnect()
    },
  }
}
