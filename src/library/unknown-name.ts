import { UserError } from '../errors.ts'
import { closestName } from '../text/closest-name.ts'
import { describeValue } from '../text/quote.ts'

/** The error for a name that is none of those known: `Unknown option "worker" of run`. */
export function unknownName(what: string, name: unknown, of: string, known: readonly string[]): UserError {
  const near = typeof name === 'string' ? closestName(name, known) : undefined
  return new UserError('usage', `Unknown ${what} ${describeValue(name)} of ${of}`, {
    hint: near === undefined ? `Expected one of ${known.join(', ')}.` : `Did you mean "${near}"?`,
  })
}
