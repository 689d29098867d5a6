import { availableParallelism } from 'node:os'
import type { Argv } from 'yargs'
import { once, storeOptions, wholeNumber } from './options.ts'

/** What `run` and `resume` share: the store, how many workers, and how long a stop may take. */
export function sessionOptions<T>(yargs: Argv<T>) {
  return storeOptions(yargs)
    .option('workers', {
      type: 'string',
      requiresArg: true,
      describe: 'Trials trained side by side [default: the cores]',
      coerce: wholeNumber('--workers', 1),
    })
    .option('grace', {
      type: 'string',
      requiresArg: true,
      describe: 'Seconds that running trials may go on after Ctrl-C [default: until they end]',
      coerce: wholeNumber('--grace', 0),
    })
}

/** `--set path=value`, as often as one likes. */
export function setOption<T>(yargs: Argv<T>) {
  return yargs.option('set', {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'Override a field of the file: --set stages[0].trials=8',
  })
}

/** `--name S`. */
export function nameOption<T>(yargs: Argv<T>) {
  return yargs.option('name', {
    type: 'string',
    requiresArg: true,
    describe: "The study's name [default: the file's]",
    coerce: once<string | undefined>('--name'),
  })
}

export function defaultWorkers(): number {
  return availableParallelism()
}
