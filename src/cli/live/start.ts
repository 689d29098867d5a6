import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { UserError } from '../../errors.ts'
import { createLiveApp, type LiveOptions, makePage, studyShown } from './app.ts'
import { LiveHub } from './hub.ts'

export interface LiveServer {
  readonly port: number
  readonly hub: LiveHub
  /** Makes the page at `/`, so that its first viewer need not wait. */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** How many ports are tried after the one that is taken. */
const MOST_PORTS = 20

/**
 * Serves the live page of a store.
 * @param port the port; a taken one is followed by the next free one unless `isWanted`
 * @throws UserError('usage') if no port can be had
 */
export async function startLive(
  file: string,
  host: string,
  port: number,
  isWanted: boolean,
  options: Omit<LiveOptions, 'port'>,
): Promise<LiveServer> {
  const hub = new LiveHub(file, makePage)
  let bound = port
  const app = createLiveApp(hub, { ...options, port: () => bound })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  try {
    bound = await listen(server, host, port, isWanted || port === 0 ? 1 : MOST_PORTS)
  } catch (error) {
    hub.close()
    throw error
  }
  return {
    port: bound,
    hub,
    prepare: async () => {
      try {
        // The first look always finds a change, which would discard the page.
        hub.poll()
        const study = studyShown(hub, options.study)
        if (study !== undefined) await hub.page(study)
      } catch {
        // A viewer's request says what is wrong with the store.
      }
    },
    close: () =>
      new Promise((resolve) => {
        hub.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, host: string, port: number, tries: number): Promise<number> {
  for (let i = 0; i < tries; i++) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve)
      server.listen(port + i, host, () => {
        server.off('error', resolve)
        resolve(null)
      })
    })
    const address = server.address()
    if (error === null && typeof address === 'object' && address !== null) return address.port
    if (error?.code === 'EADDRINUSE') continue
    throw new UserError('usage', `cannot listen on ${host}:${port + i}: ${error?.code ?? 'unknown'}`, {
      hint: 'Choose another address with --host and --port.',
    })
  }
  throw new UserError('usage', `Port ${port} is taken`, { hint: 'Choose another with --port.' })
}
