import { timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

export interface GuardOptions {
  /** Names and addresses that a request may be for, without the port. */
  readonly hosts: readonly string[]
  readonly port: () => number
  /** What a request must know; null where only this machine can ask. */
  readonly token: string | null
}

const COOKIE = 'finesweep'
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1']

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host)
}

/** The names by which a server on that address may be asked for. */
export function allowedHosts(host: string, further: readonly string[]): string[] {
  const own = isLoopback(host)
    ? ['localhost', '127.0.0.1', '[::1]']
    : [host.includes(':') ? `[${host}]` : host]
  return [...own, ...further].map((name) => name.toLowerCase())
}

/**
 * Refuses what does not come from the page itself: another method than GET, another name than the server's (a web page
 * whose name was made to point here), a request that another site's page makes, and without the token.
 */
export function guard({ hosts, port, token }: GuardOptions): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      c.header('Allow', 'GET, HEAD')
      return c.text('Only GET and HEAD are allowed.\n', 405)
    }
    if (!isAllowedHost(c.req.header('host'), hosts, port())) {
      return c.text('Unknown host name. Allow it with --allow-host NAME.\n', 421)
    }
    if (!isOwnRequest(c.req.path, (name) => c.req.header(name))) {
      return c.text('Requests from other sites are refused.\n', 403)
    }
    if (token === null) return next()
    const given = c.req.query('token')
    if (c.req.path === '/' && given !== undefined && isEqual(given, token)) {
      // The token goes to a cookie and out of the address, which is kept in histories.
      setCookie(c, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' })
      return c.redirect('/', 303)
    }
    const kept = getCookie(c, COOKIE)
    if (kept === undefined || !isEqual(kept, token)) return c.text('The token is missing or wrong.\n', 401)
    return next()
  }
}

function isAllowedHost(header: string | undefined, hosts: readonly string[], port: number): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(header?.toLowerCase() ?? '')
  return match !== null && hosts.includes(match[1]!) && Number(match[2] ?? 80) === port
}

/** A browser says where a request comes from. Following a link to the page is no harm; anything else is. */
function isOwnRequest(path: string, header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return path === '/' && header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document'
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
