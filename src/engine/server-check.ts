import type { Redis } from 'ioredis'
import { UserError } from '../errors.ts'
import type { EngineAddress } from './engine-address.ts'

/** The first version with streams, through which a queue reports what happens. */
const OLDEST_VERSION = 5

/**
 * Looks at what a server says of itself. That it may throw keys away is a warning and no refusal: results are never lost
 * with them, it matters only once its memory is full, and not everybody may change it. Where INFO is not allowed,
 * nothing is known and nothing said.
 * @throws UserError('engine') for a server that is too old
 */
export async function checkServer(
  redis: Redis,
  { shown }: EngineAddress,
  say: (sentence: string) => void,
): Promise<void> {
  const info = await redis.info().catch(() => '')
  const version = fieldOf(info, 'redis_version')
  if (version !== null && Number.parseInt(version, 10) < OLDEST_VERSION) {
    throw new UserError(
      'engine',
      `The engine ${shown} must be Redis ${OLDEST_VERSION} or later, got ${version}`,
      {
        hint: 'Install a newer Redis or Valkey server.',
      },
    )
  }
  const policy = fieldOf(info, 'maxmemory_policy')
  // Without a limit nothing is ever evicted, whatever the policy.
  if (policy === null || policy === 'noeviction' || fieldOf(info, 'maxmemory') === '0') return
  say(
    `Warning: the engine ${shown} throws away trials and workers' registrations when its memory is full, ` +
      `because its maxmemory-policy is ${policy}; set it to noeviction (CONFIG SET maxmemory-policy noeviction).`,
  )
}

function fieldOf(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null
}
