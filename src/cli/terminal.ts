import { UserError } from '../errors.ts'
import { escapeControlsInLines } from '../text/quote.ts'

/** A stream that text goes to; a terminal has `columns`. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  /** Asks the terminal. */
  getWindowSize?(): [columns: number, rows: number]
  write(content: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** Where a command reads and writes. Results go to `stdout`, everything else to `stderr`. */
export interface Terminal {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Nobody reads the results any more (`| head`): the command ends, quietly and with exit code 0. */
export class PipeClosedError extends Error {
  override readonly name = 'PipeClosedError'
}

/**
 * Writes results; resolves when the stream has taken them.
 * @throws PipeClosedError if nobody reads them; UserError('store') if they can't be written, to a full disk say
 */
export function print(terminal: Terminal, content: string | Uint8Array): Promise<void> {
  if (content.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    terminal.stdout.write(content, (error) => {
      if (!error) resolve()
      else if (isPipeClosed(error)) reject(new PipeClosedError())
      else reject(notWritten(error))
    })
  })
}

function notWritten(error: Error): UserError {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === 'ENOSPC' ? 'the disk is full' : (code ?? error.message)
  return new UserError('store', `The results cannot be written: ${reason}`, { cause: error })
}

/**
 * Writes results that come in small pieces, in larger ones. They are data without colours, exact in a file or a pipe;
 * on a terminal their control characters are escaped, for the texts in them may be anybody's.
 * @throws PipeClosedError
 */
export async function printAll(terminal: Terminal, pieces: Iterable<string>): Promise<void> {
  const shown = (text: string): string =>
    terminal.stdout.isTTY === true ? escapeControlsInLines(text) : text
  for (const text of inLargePieces(pieces)) await print(terminal, shown(text))
}

/** Joins small pieces to ones of about 64 Ki characters. */
export function* inLargePieces(pieces: Iterable<string>): Generator<string> {
  let pending = ''
  for (const piece of pieces) {
    pending += piece
    if (pending.length >= 65_536) {
      yield pending
      pending = ''
    }
  }
  if (pending !== '') yield pending
}

/**
 * Prints a message to stderr, which may be closed. Names come from files that others may have
 * written: their control characters never reach the terminal.
 */
export function say(terminal: Terminal, text: string): void {
  const plain = escapeControlsInLines(text)
  terminal.stderr.write(plain.endsWith('\n') ? plain : `${plain}\n`)
}

/**
 * True if this stream gets colours: it is a terminal that can show them, and NO_COLOR is not set. FORCE_COLOR wins
 * over what the stream is, NO_COLOR over both.
 */
export function hasColour(stream: OutputStream, env: Terminal['env']): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  const forced = env.FORCE_COLOR
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

export function isPipeClosed(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF'
}
