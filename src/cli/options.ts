import type { Argv } from 'yargs'
import { UserError } from '../errors.ts'

export const DEFAULT_STORE = 'results/studies.db'

/** `--db F` and `--quiet`: every command that reads or writes a store has them. */
export function storeOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('db', {
      type: 'string',
      default: DEFAULT_STORE,
      requiresArg: true,
      describe: 'The store, an SQLite file',
      coerce: once<string>('--db'),
    })
    .option('quiet', { type: 'boolean', default: false, describe: 'Print only results and errors' })
}

/** `--json`: every listing has it. */
export function jsonOption<T>(yargs: Argv<T>) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
}

/** `--columns A,B`: which columns of a table of trials are shown. */
export function columnsOption<T>(yargs: Argv<T>) {
  return yargs.option('columns', {
    type: 'string',
    requiresArg: true,
    describe: 'Show these columns: number,value,lr,metrics.trainLoss',
    coerce: once<string | undefined>('--columns'),
  })
}

/** `[study]`: the latest if it is left out. */
export function studyPositional<T>(yargs: Argv<T>) {
  return yargs.positional('study', { type: 'string', describe: 'The study; by default the latest' })
}

/** For `coerce`: an option that may be given once, and not empty. */
export function once<T>(name: string): (value: T | T[]) => T {
  return (value) => {
    if (Array.isArray(value)) {
      throw new UserError('usage', `${name} was given ${value.length} times, but takes one value`)
    }
    if (value === '') throw new UserError('usage', `${name} needs a value`)
    return value
  }
}

/** For `coerce`: a whole number of at least `low`. */
export function wholeNumber(name: string, low: number): (value: unknown) => number | undefined {
  return (value) => {
    if (value === undefined) return undefined
    const text = String(once<unknown>(name)(value as unknown))
    const number = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < low) {
      throw new UserError(
        'usage',
        `${name} must be a whole number of at least ${low}, got ${JSON.stringify(text)}`,
      )
    }
    return number
  }
}
