import type { Redis } from 'ioredis'
import { PAYLOAD_SECONDS, queueName } from './protocol.ts'

/** What BullMQ keeps of a queue besides its jobs, none of which it lets expire. */
const KEYS = [
  'wait',
  'active',
  'paused',
  'prioritized',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
  'events',
  'meta',
  'id',
  'marker',
  'pc',
  'stalled',
  'repeat',
  'limiter',
] as const

/** All keys of a queue except those of its jobs. @param toKey what makes a key of the queue of a word */
export function queueKeys(toKey: (word: string) => string): string[] {
  return KEYS.map(toKey)
}

/** Has keys expire unless somebody who lives says so again. */
export async function expireKeys(redis: Redis, keys: readonly string[]): Promise<void> {
  const pipeline = redis.pipeline()
  for (const key of keys) pipeline.expire(key, PAYLOAD_SECONDS)
  await pipeline.exec()
}

/** Has all that is left of a queue expire whose orchestrator was killed. */
export async function expireQueue(redis: Redis, prefix: string, session: string): Promise<void> {
  const start = `${prefix}:${queueName(session)}:`
  const match = `${start.replace(/[*?[\]\\]/g, '\\$&')}*`
  for (let cursor = '0'; ; ) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', match, 'COUNT', 1000)
    if (keys.length > 0) await expireKeys(redis, keys)
    if (next === '0') return
    cursor = next
  }
}
