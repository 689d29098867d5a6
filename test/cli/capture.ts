import { runCommandLine } from '../../src/cli/program.ts'
import type { OutputStream, Terminal } from '../../src/cli/terminal.ts'

/** A stream that keeps what is written to it. */
export class CapturedStream implements OutputStream {
  readonly isTTY: boolean
  readonly columns: number | undefined
  readonly rows: number | undefined
  text = ''
  readonly #resized = new Set<() => void>()

  constructor(window?: { readonly columns: number; readonly rows: number }) {
    this.isTTY = window !== undefined
    this.columns = window?.columns
    this.rows = window?.rows
  }

  /** Bytes become a text of as many characters. */
  write(content: string | Uint8Array, done?: (error?: Error | null) => void): boolean {
    this.text += typeof content === 'string' ? content : Buffer.from(content).toString('latin1')
    done?.()
    return true
  }

  on(_event: 'resize', listener: () => void): void {
    this.#resized.add(listener)
  }

  off(_event: 'resize', listener: () => void): void {
    this.#resized.delete(listener)
  }
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function runCaptured(
  argv: readonly string[],
  options: {
    readonly window?: { readonly columns: number; readonly rows: number }
    readonly env?: Terminal['env']
  } = {},
): Promise<CommandResult> {
  const stdout = new CapturedStream(options.window)
  const stderr = new CapturedStream()
  const forgetSignals = noticeSignals()
  const code = await runCommandLine(argv, { stdout, stderr, env: options.env ?? {} })
  forgetSignals()
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** Takes away what a run listens to from now on, which else ends with its process. */
function noticeSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const before = signals.map((signal) => process.listeners(signal))
  return () => {
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!before[index]!.includes(listener)) process.off(signal, listener)
      }
    }
  }
}
