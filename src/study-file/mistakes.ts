import { type Place, UserError, UserErrors } from '../errors.ts'
import { escapeControls, shorten } from '../text/quote.ts'
import type { Path } from './path.ts'

/** One thing that is wrong with a study file. */
export interface Mistake {
  readonly path: Path
  /** Whether the key at the end of the path is wrong, or the value behind it. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string | undefined
}

/** Tells where a path lies in a file or on the command line; undefined if nobody knows. */
export type Locate = (path: Path, at: 'key' | 'value') => Place | undefined

/** More than these are counted only: the rest is mostly the echo of the first. */
const MOST_SHOWN = 20

/** The longest text that a message quotes, in characters. */
const MOST_CHARACTERS = 400

/** The mistakes in the order of the file. @param mistakes one or more. */
export function mistakesError(mistakes: readonly Mistake[], locate: Locate): UserErrors {
  const errors = mistakes.map(
    ({ path, at, message, hint }) => new UserError('usage', message, { hint, where: locate(path, at) }),
  )
  return userErrors(errors)
}

/**
 * Errors of one file in the order of their places, without repetitions; what they quote is made printable, so that a
 * file can't write to the terminal. @param errors one or more.
 */
export function userErrors(errors: readonly UserError[]): UserErrors {
  const unique = [...new Map(errors.map(printable).map((error) => [keyOf(error), error])).values()]
  const sorted = unique.toSorted((a, b) => lineOf(a) - lineOf(b) || columnOf(a) - columnOf(b))
  const shown = sorted.slice(0, MOST_SHOWN)
  const hidden = sorted.length - shown.length
  if (hidden > 0) {
    const file = shown[0]?.where?.file
    shown.push(
      new UserError('usage', `${hidden} more ${hidden === 1 ? 'mistake' : 'mistakes'}, not shown`, {
        where: file === undefined ? undefined : { file },
      }),
    )
  }
  return new UserErrors('usage', shown)
}

function printable(error: UserError): UserError {
  const { message, hint, where, code } = error
  return new UserError(code, shorten(escapeControls(message), MOST_CHARACTERS), {
    hint: hint === undefined ? undefined : escapeControls(hint),
    where:
      where === undefined
        ? undefined
        : { ...where, file: shorten(escapeControls(where.file), MOST_CHARACTERS) },
  })
}

function keyOf(error: UserError): string {
  return JSON.stringify([error.where?.file, lineOf(error), columnOf(error), error.message])
}

function lineOf(error: UserError): number {
  return error.where?.line ?? Number.MAX_SAFE_INTEGER
}

function columnOf(error: UserError): number {
  return error.where?.column ?? 0
}
