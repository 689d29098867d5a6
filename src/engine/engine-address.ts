import { UserError } from '../errors.ts'

/** Where an engine is: a Redis server, by its URL. */
export interface EngineAddress {
  /** The whole URL, with its password: never shown. */
  readonly url: string
  /** The URL without user, password and options, for messages. */
  readonly shown: string
}

/**
 * Reads the address of an engine: `redis://host:6379`, `rediss://` for TLS, with `user:password@` where the server wants
 * them and `/2` for another database than 0.
 * @param source what the text came from, for messages: `--engine`, `FINESWEEP_ENGINE`
 * @throws UserError('usage')
 */
export function readEngineAddress(text: string, source: string): EngineAddress {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw wrongAddress(source)
  }
  if ((url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '')
    throw wrongAddress(source)
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw new UserError('usage', `${source} must end with a port, or with the number of a database`, {
      hint: 'Write redis://HOST:6379/2 for database 2, and in a password %2F for / and %23 for #.',
    })
  }
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  shown.search = ''
  shown.hash = ''
  return { url: url.href, shown: shown.href }
}

/** The text itself is not repeated: it may hold a password. */
function wrongAddress(source: string): UserError {
  return new UserError('usage', `${source} must be the URL of a Redis server`, {
    hint: 'Write redis://HOST:6379, or rediss://HOST:6379 for TLS.',
  })
}
