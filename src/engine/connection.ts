import type { Redis } from 'ioredis'
import { UserError } from '../errors.ts'
import type { EngineAddress } from './engine-address.ts'
import type { IORedis } from './queue-library.ts'
import { checkServer } from './server-check.ts'
import { notReached } from './unreachable.ts'

/** How long a first connection may take. */
const CONNECT_MS = 5_000
/** The longest pause between two tries to connect again. */
const LONGEST_PAUSE_MS = 2_000

/** Told when an engine is lost, when it is back, and what is wrong with it though it works. */
export interface ConnectionWatch {
  readonly onLost: () => void
  readonly onBack: () => void
  readonly say: (sentence: string) => void
}

/**
 * A connection that reconnects for as long as it takes; commands wait meanwhile.
 * @throws UserError('engine') if the server cannot be reached at the start, refuses, or is too old
 */
export async function connectEngine(
  { ioredis }: { readonly ioredis: IORedis },
  address: EngineAddress,
  watch: ConnectionWatch,
): Promise<Redis> {
  const options = {
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    lazyConnect: true,
    retryStrategy: (times: number) => Math.min(100 * times, LONGEST_PAUSE_MS),
    // For BullMQ, which finds it on each connection: it would print what `checkServer` says, in its own words.
    skipVersionCheck: true,
  }
  const redis = new ioredis.Redis(address.url, options)
  // Without a listener every failed try would be printed; `watch` reports what counts.
  let reason = ''
  redis.on('error', ({ message }: Error) => {
    reason = message
  })
  const timer = setTimeout(() => {
    reason = `it has not answered within ${CONNECT_MS / 1000} s`
    redis.disconnect()
  }, CONNECT_MS)
  try {
    await redis.connect()
    await redis.ping()
    const { db = 0 } = redis.options
    // A connection whose database is refused goes on in database 0 by itself.
    if (db > 0) await redis.select(db)
  } catch (error) {
    redis.disconnect()
    throw notReached(address, reason === '' ? (error as Error).message : reason)
  } finally {
    clearTimeout(timer)
  }
  await checkServer(redis, address, watch.say).catch((error: unknown) => {
    redis.disconnect()
    throw error
  })
  let lost = false
  redis.on('close', () => {
    if (!lost) watch.onLost()
    lost = true
  })
  redis.on('ready', () => {
    if (lost) {
      watch.onBack()
      // What CONFIG SET has changed is forgotten by a restart.
      checkServer(redis, address, watch.say).catch(() => {})
    }
    lost = false
  })
  return redis
}

/**
 * Another connection to the same server, for commands that block theirs. It connects by itself for as long as it takes:
 * BullMQ would wait for one that is not yet connecting, and fail if that first try did. What happens to the server is
 * reported by the first connection.
 */
export function anotherConnection(redis: Redis): Redis {
  const another = redis.duplicate({ lazyConnect: false })
  another.on('error', () => {})
  return another
}

/** It answers, but takes no writes: its memory is full, it is a replica, or the user may not write. */
export function writesRefused(
  { shown }: EngineAddress,
  reason: string,
  seconds: number | null = null,
): UserError {
  const since = seconds === null ? 'accepts no writes' : `has accepted no writes for ${seconds} s`
  return new UserError('engine', `The engine ${shown} ${since}: ${reason}`, {
    hint: 'Give the Redis server more memory (maxmemory), or grant its user write access.',
  })
}

/**
 * Does the first writing to an engine.
 * @throws UserError('engine') if it takes none
 */
export async function firstWrites<T>(address: EngineAddress, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if ((error as Error).name !== 'ReplyError') throw error
    // Of a transaction, the reply says only that there was a reason.
    const { message, previousErrors } = error as Error & { readonly previousErrors?: readonly Error[] }
    throw writesRefused(address, previousErrors?.[0]?.message ?? message)
  }
}
