import { escapeControls, shorten } from './text/quote.ts'
/**
 * What went wrong, for the exit code: `usage` a wrong file or wrong use; `no-success` no trial succeeded;
 * `not-found` no such study or trial; `store` locked, corrupt, newer or not writable; `engine` an engine
 * cannot be reached.
 */
export type ErrorCode = 'usage' | 'no-success' | 'not-found' | 'store' | 'engine'

/** A place in a file; `line` and `column` count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface UserErrorDetails {
  /** How to fix it, as a sentence of its own: "Raise low, or drop log." */
  readonly hint?: string | undefined
  readonly where?: Place | undefined
  readonly cause?: unknown
}

/** An error that the user can correct: it is shown as a sentence, never with a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly where: Place | undefined

  /** @param message the name first, then the rule and the value seen; no final full stop is needed. */
  constructor(code: ErrorCode, message: string, details: UserErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.where = details.where
  }
}

/** Several mistakes of one file, found in one reading. */
export class UserErrors extends UserError {
  readonly mistakes: readonly UserError[]

  constructor(code: ErrorCode, mistakes: readonly UserError[]) {
    super(code, mistakes.map(describeError).join('\n'))
    this.mistakes = mistakes
  }
}

/** `file:line:column`, with as much of it as is known. */
export function describePlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
}

/** The whole sentence shown to the user: place, message, fix. */
export function describeError(error: UserError): string {
  if (error instanceof UserErrors) return error.message
  const place = error.where === undefined ? '' : `${describePlace(error.where)}  `
  const text = shorten(error.message, MOST_CHARACTERS)
  const message = /[.!?]$/.test(text) ? text : `${text}.`
  return escapeControls(`${place}${message}${error.hint === undefined ? '' : ` ${error.hint}`}`)
}

/** The longest text that a message quotes, in characters. */
const MOST_CHARACTERS = 1000

/** The command's exit code for each kind of error. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  'no-success': 3,
  'not-found': 5,
  store: 6,
  engine: 7,
}
