import { UserError } from '../errors.ts'
import type { EngineAddress } from './engine-address.ts'

/** What the system, Node and Redis say, and what it means to whoever wrote the address. */
const MEANINGS: readonly { readonly said: RegExp; readonly reason: string; readonly hint?: string }[] = [
  { said: /Unknown RESP type/, reason: 'what answers there is no Redis server' },
  {
    said: /^NOAUTH/,
    reason: 'it asks for a password',
    hint: 'Write redis://:PASSWORD@HOST, or redis://USER:PASSWORD@HOST.',
  },
  {
    said: /before secure TLS connection|wrong version number|EPROTO/,
    reason: 'what answers there does not speak TLS',
    hint: 'Write redis:// instead of rediss://, or the port that the server has for TLS.',
  },
]

const UNTRUSTED = {
  said: /certificate/i,
  hint: 'Name the file with the certificate of its authority in NODE_EXTRA_CA_CERTS, and the host as the certificate does.',
}

/** Of a server that expects TLS and is not spoken to in it. */
const RESET = {
  said: /ECONNRESET|Connection is closed/,
  hint: 'If the server expects TLS, write rediss:// instead of redis://.',
}

/** An engine that could not be reached at the start. @param said the error's message */
export function notReached(address: EngineAddress, said: string): UserError {
  const meaning = MEANINGS.find((each) => each.said.test(said))
  if (meaning !== undefined) return unreachable(address, meaning.reason, meaning.hint)
  const isSecure = address.url.startsWith('rediss:')
  const likely = isSecure ? UNTRUSTED : RESET
  return unreachable(address, said, likely.said.test(said) ? likely.hint : undefined)
}

export function unreachable(
  { shown }: EngineAddress,
  reason: string,
  hint = 'Start the Redis server, or correct the address, user and password.',
): UserError {
  return new UserError('engine', `The engine ${shown} cannot be reached: ${reason}`, { hint })
}
