import { randomBytes } from 'node:crypto'
import { UserError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { openInBrowser } from '../open-browser.ts'
import { findStudy, withReader } from '../open-study.ts'
import { jsonOption, once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { print, say } from '../terminal.ts'

const DEFAULT_PORT = 4270

/** `finesweep serve [STUDY]`: the report as a page that follows the study while it runs. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(studyPositional(yargs)))
      .option('port', {
        type: 'string',
        requiresArg: true,
        describe: `The port [default: ${DEFAULT_PORT}, or the next free one]`,
        coerce: wholeNumber('--port', 0),
      })
      .option('host', {
        type: 'string',
        requiresArg: true,
        default: '127.0.0.1',
        describe: 'The address to listen on',
        coerce: once<string>('--host'),
      })
      .option('allow-host', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'Another host name to accept in requests',
      })
      .option('open', { type: 'boolean', default: false, describe: 'Open it in a browser' })
      .option('linger', {
        type: 'string',
        hidden: true,
        requiresArg: true,
        coerce: wholeNumber('--linger', 1),
      })
      .example('finesweep serve --open', '')
      .example('ssh -L 4270:localhost:4270 HOST', 'view a page served on another machine'),

  run: async (args, terminal) => {
    const { allowedHosts, isLoopback } = await import('../live/guard.ts')
    const { startLive } = await import('../live/start.ts')
    if (args.port !== undefined && args.port > 65_535) {
      throw new UserError('usage', `--port must be at most 65535, got ${args.port}`)
    }
    if (args.study !== undefined)
      await withReader(args.db, (reader) => findStudy(reader, args.study, args.db))
    const token = isLoopback(args.host) ? null : randomBytes(16).toString('hex')
    const server = await startLive(args.db, args.host, args.port ?? DEFAULT_PORT, args.port !== undefined, {
      study: args.study ?? null,
      hosts: allowedHosts(args.host, args.allowHost),
      token,
    })
    const name = args.host.includes(':') ? `[${args.host}]` : args.host
    const url = `http://${name}:${server.port}/${token === null ? '' : `?token=${token}`}`
    await print(terminal, args.json ? `${JSON.stringify({ url, pid: process.pid })}\n` : `${url}\n`)
    if (!args.quiet) {
      if (token !== null) {
        say(
          terminal,
          'The connection is not encrypted: anyone on the network can read the page. ssh -L is safer; see docs/pictures.md.',
        )
      }
      say(terminal, 'Press Ctrl-C to stop.')
    }
    void server.prepare()
    if (args.open) openInBrowser(url, terminal)
    await ended(args.linger === undefined ? null : args.linger * 1000, () => {
      const study = args.study === undefined ? undefined : server.hub.reader.findStudy(args.study)
      const runs = study !== undefined && server.hub.reader.lease(study.id) !== undefined
      return runs || server.hub.listening > 0 ? 0 : performance.now() - server.hub.lastHeard
    })
    await server.close()
  },
})

/** Until a signal comes, or nobody has run or read the study for that long. */
function ended(lingerMs: number | null, idleMs: () => number): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    if (lingerMs === null) return
    let idleSince = performance.now()
    const timer = setInterval(() => {
      let idle = 0
      try {
        idle = idleMs()
      } catch {
        idle = lingerMs
      }
      if (idle === 0) idleSince = performance.now()
      if (performance.now() - idleSince < lingerMs) return
      clearInterval(timer)
      resolve()
    }, 1000)
  })
}
