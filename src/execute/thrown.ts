import { describeError, UserError } from '../errors.ts'
import { shorten } from '../text/quote.ts'
import type { TrialError } from '../trial.ts'
import type { Ending } from './interruption.ts'

const MOST_CHARACTERS = 2_000

export interface ThrownEnding extends Ending {
  readonly state: 'diverged' | 'failed'
  readonly error: TrialError
}

/**
 * What a thrown value says about a trial: `diverged` for a DivergedError, else `failed`. Anything can be thrown, an object with hostile getters too: never throws.
 * Errors are recognised by name, not by class: a user's module may hold another copy of this package.
 */
export function readThrown(thrown: unknown): ThrownEnding {
  try {
    if (thrown instanceof UserError) return failed('threw', describeError(thrown).replace(/\.$/, ''), null)
    if (!(thrown instanceof Error) && !isErrorLike(thrown)) {
      return failed('threw', `The objective threw ${showThrown(thrown)}, which is not an Error`, null)
    }
    const name = String(thrown.name)
    const message = String(thrown.message)
    const stack = typeof thrown.stack === 'string' ? thrown.stack.slice(0, 4 * MOST_CHARACTERS) : null
    if (name === 'DivergedError') {
      return {
        state: 'diverged',
        error: { code: 'diverged', message: shorten(message, MOST_CHARACTERS), stack: null },
      }
    }
    if (name === 'FailedError') {
      const { code, details } = thrown as { readonly code?: unknown; readonly details?: unknown }
      return failed(String(code ?? 'threw'), message, typeof details === 'string' ? details : null)
    }
    return failed('threw', withCauses(thrown), stack)
  } catch {
    return failed('threw', 'The objective threw a value that cannot be read', null)
  }
}

function failed(code: string, message: string, stack: string | null): ThrownEnding {
  return { state: 'failed', error: { code, message: shorten(message, MOST_CHARACTERS), stack } }
}

/** Causes of causes that are named. */
const MOST_CAUSES = 3

/** The error's words, and those of what caused it: `TypeError: fetch failed (connect ECONNREFUSED 127.0.0.1:80)`. */
function withCauses(thrown: Error, depth = 0): string {
  // Anything may stand there.
  const [name, message] = [String(thrown.name), String(thrown.message)]
  const named = name === 'Error' && message !== '' ? message : [name, message].filter(Boolean).join(': ')
  if (depth === MOST_CAUSES) return named
  const { cause, errors } = thrown as { readonly cause?: unknown; readonly errors?: unknown }
  const causes = [cause, ...(Array.isArray(errors) ? errors : [])]
    .map((each: unknown) => (isErrorLike(each) ? withCauses(each, depth + 1) : each))
    // One that wraps another often repeats its words.
    .filter((words) => typeof words === 'string' && words !== '' && !named.includes(words))
  const unique = [...new Set(causes)]
  return unique.length === 0 ? named : `${named} (${unique.slice(0, MOST_CAUSES).join('; ')})`
}

/** Errors of another realm are no `instanceof Error` here. */
function isErrorLike(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'name' in thrown
}

function showThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return JSON.stringify(thrown.slice(0, 200))
  if (typeof thrown === 'object' && thrown !== null) return 'an object'
  return String(thrown)
}
