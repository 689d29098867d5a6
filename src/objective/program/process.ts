import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { watchGroup } from './watchdog.ts'

/** How long a program has between being asked to end and being ended. */
const GRACE_MS = 500
/** How long more output is waited for after it has ended: something it started may hold its output open. */
const DRAIN_MS = 500

type Child = ChildProcessByStdio<null, Readable, null>

/** A program that was started, with the group of all that it starts. */
export interface Program {
  readonly pid: number | undefined
  /** Its output, read as it is asked for, to be iterated once; it ends early if something else holds it open. */
  readonly stdout: AsyncIterable<Uint8Array>
  /** Resolves when it has ended, with why it failed, to follow its name; null if it did well. */
  readonly ended: Promise<string | null>
  /** Asks the whole group to end, and soon ends it. */
  end(): void
  readonly isRunning: boolean
}

/** The programs that run now, to be ended with this process. */
const running = new Set<Child>()

/**
 * Starts a program without a shell, in its own process group. What is left in its group ends with it; if this
 * process is killed, the group is ended, too.
 * @param stderr a file to write to
 */
export function startProgram(
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stderr: number,
): Program {
  const [name, ...args] = words as readonly [string, ...string[]]
  const options = { cwd, env, stdio: ['ignore', 'pipe', stderr], detached: true } satisfies SpawnOptions
  const child = spawn(name, args, options) as unknown as Child
  const output = readOutput(child.stdout)
  const forget = child.pid === undefined ? () => {} : watchGroup(child.pid)
  if (running.size === 0) process.on('exit', killAll)
  running.add(child)
  const { promise: ended, resolve } = Promise.withResolvers<string | null>()
  const finish = (failure: string | null): void => {
    kill(child, 'SIGKILL')
    forget()
    running.delete(child)
    if (running.size === 0) process.off('exit', killAll)
    output.drain()
    resolve(failure)
  }
  child.once('error', (error: NodeJS.ErrnoException) => {
    child.stdout.destroy()
    const missing = existsSync(cwd)
      ? 'was not found, or its interpreter is missing'
      : `cannot be started: its working directory ${cwd} is missing`
    finish(error.code === 'ENOENT' ? missing : `can't run: ${error.message}`)
  })
  child.once('exit', (status, signal) => {
    if (status === 0) finish(null)
    else finish(signal === null ? `ended with exit status ${status}` : `was killed by ${signal}`)
  })
  return {
    pid: child.pid,
    stdout: output.bytes,
    ended,
    end() {
      kill(child, 'SIGTERM')
      const timer = setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS)
      void ended.finally(() => clearTimeout(timer))
    },
    get isRunning() {
      return running.has(child)
    },
  }
}

/**
 * The bytes of a stream. Once `drain` was called, it ends when more is waited for and does not come: what was written
 * before may be asked for as late as the reader likes, who may wait at a rung.
 */
function readOutput(stream: Readable): { readonly bytes: AsyncIterable<Uint8Array>; drain(): void } {
  let waitingSince: number | null = null
  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
    try {
      for (;;) {
        waitingSince = performance.now()
        const next = await chunks.next()
        waitingSince = null
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await chunks.return?.()
    }
  }
  const drain = (): void => {
    if (stream.destroyed) return
    if (waitingSince !== null && performance.now() - waitingSince >= DRAIN_MS) stream.destroy()
    else setTimeout(drain, DRAIN_MS).unref()
  }
  return { bytes: read(), drain: () => void setTimeout(drain, DRAIN_MS).unref() }
}

function kill(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has ended already, or the system has no groups.
    child.kill(signal)
  }
}

function killAll(): void {
  for (const child of running) kill(child, 'SIGKILL')
}
