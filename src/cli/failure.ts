import { describeErrorWith, EXIT_CODES, inCommand, UserError, UserErrors } from '../errors.ts'
import { countOf } from '../report/numbers.ts'
import { PipeClosedError, say, type Terminal } from './terminal.ts'

/** What a program exits with when it has a bug. */
export const BUG_EXIT_CODE = 1

/** Says on stderr what went wrong. @returns the exit code: 0 if only the reader of the results went away. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof PipeClosedError) return 0
  if (error instanceof UserError) {
    say(terminal, describeErrorWith(error, inCommand))
    if (error instanceof UserErrors)
      say(terminal, `${countOf(error.mistakes.length, 'mistake')}; nothing was run.`)
    return EXIT_CODES[error.code]
  }
  say(
    terminal,
    'This is a bug in finesweep, not in your study. Stored results are safe. Please report it with:',
  )
  say(terminal, error instanceof Error ? (error.stack ?? error.message) : String(error))
  return BUG_EXIT_CODE
}
