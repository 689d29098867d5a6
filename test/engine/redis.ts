import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether a Redis server can be started here; where there is none, what needs one is skipped and says so. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0

if (!HAS_REDIS) {
  process.stderr.write('skipped: no redis-server on the PATH, nothing is run through an engine\n')
}

/** A Redis server of the tests' own, on a free port. */
export interface RedisServer {
  readonly url: string
  /** Ends it at once, with all that it holds. */
  kill(): Promise<void>
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** @param options more words for the server, which may depend on its port */
export async function startRedis(
  options: readonly string[] | ((port: number) => readonly string[]) = [],
): Promise<RedisServer> {
  const port = await freePort()
  const more = typeof options === 'function' ? options(port) : options
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-redis-'))
  let server = await launch(port, folder, more)
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGKILL')
    await ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      server = await launch(port, folder, more)
    },
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(port: number, folder: string, options: readonly string[]): Promise<ChildProcess> {
  const words = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ]
  const server = spawn('redis-server', [...words, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('Ready to accept connections')) resolve()
  })
  server.once('exit', (status) => reject(new Error(`redis-server ended with ${status}`)))
  await promise
  return server
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
