import { escapeControls, shorten } from './text/quote.ts'
import { shellWord } from './text/shell-word.ts'

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

/** An option that sets something, by its name in code: `{ name: 'columns', key: 'lr', value: 'COLUMN' }`. */
export interface OptionToSet {
  readonly name: string
  readonly key?: string
  /** What stands for the value. */
  readonly value: string
}

export interface UserErrorDetails {
  /** How to fix it, as a sentence of its own: "Raise low, or drop log." */
  readonly hint?: string | undefined
  /** The option that the hint is about. It follows the hint as code writes it; a command shows its own. */
  readonly option?: OptionToSet | undefined
  readonly where?: Place | undefined
  readonly cause?: unknown
}

/** An error that the user can correct: it is shown as a sentence, never with a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly where: Place | undefined
  readonly #details: UserErrorDetails

  /** @param message the name first, then the rule and the value seen; no final full stop is needed. */
  constructor(code: ErrorCode, message: string, details: UserErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.#details = details
    this.hint = this.hintWith(inCode)
    this.where = details.where
  }

  /** @internal The hint with its option, if it has one, as `write` writes it. */
  hintWith(write: (option: OptionToSet) => string): string | undefined {
    const { hint, option } = this.#details
    return hint === undefined || option === undefined
      ? hint
      : `${hint.replace(/\.$/, '')} (${write(option)}).`
  }
}

/** `study: 'NAME'`, or `columns: { lr: 'COLUMN' }`. */
function inCode({ name, key, value }: OptionToSet): string {
  if (key === undefined) return `${name}: '${value}'`
  return `${name}: { ${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: '${value}' }`
}

/** The commands' names of options that code calls otherwise. */
const FLAGS: Readonly<Record<string, string>> = { store: '--db', study: '--from-study', columns: '--map' }

/** `--from-study NAME`, or `--map lr=COLUMN`. */
export function inCommand({ name, key, value }: OptionToSet): string {
  return `${FLAGS[name] ?? `--${name}`} ${shellWord(key === undefined ? value : `${key}=${value}`)}`
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
  return describeErrorWith(error, inCode)
}

/** The same, with an option that the fix is about as `write` writes it. */
export function describeErrorWith(error: UserError, write: (option: OptionToSet) => string): string {
  if (error instanceof UserErrors) return error.message
  const place = error.where === undefined ? '' : `${describePlace(error.where)}  `
  const text = shorten(error.message, MOST_CHARACTERS)
  const hint = error.hintWith(write)
  const message = /[.!?]$/.test(text) ? text : `${text}.`
  return escapeControls(`${place}${message}${hint === undefined ? '' : ` ${hint}`}`)
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
