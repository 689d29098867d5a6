import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The built command, as people run it. */
const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

export interface Ended {
  /** Its exit code, or the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A process of the built command that a test watches. */
export interface CommandProcess {
  readonly process: ChildProcess
  /** What it has said on stderr so far. */
  text(): string
  /** Resolves once it has said this on stderr; rejects if it ends without. */
  said(text: string): Promise<void>
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What runs the command, such as `ip netns exec NAME`. */
  readonly before?: readonly string[]
}

/** Starts `finesweep ...words`. */
export function startCommand(
  words: readonly string[],
  { env = {}, cwd, before = [] }: CommandOptions = {},
): CommandProcess {
  const [program, ...args] = [...before, process.execPath, MAIN, ...words]
  const child = spawn(program!, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const each of waiting) each()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    look()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? signal!, stdout, stderr }))
  })
  return {
    process: child,
    text: () => stderr,
    async said(wanted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const check = (): void => {
        if (stderr.includes(wanted)) resolve()
      }
      waiting.add(check)
      check()
      const end = ended.then(() => {
        if (!stderr.includes(wanted))
          throw new Error(`The command ended without saying "${wanted}":\n${stderr}`)
      })
      await Promise.race([promise, end]).finally(() => waiting.delete(check))
    },
    signal: (name) => child.kill(name),
    ended,
  }
}
