import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Argv } from 'yargs'
import { readEngineAddress } from '../engine/engine-address.ts'
import { UserError } from '../errors.ts'
import type { EngineOptions } from '../session/session-executor.ts'
import { once, storeOptions, wholeNumber } from './options.ts'

/** What `run` and `resume` share: the store, how many workers, and how long a stop may take. */
export function sessionOptions<T>(yargs: Argv<T>) {
  return engineOption(storeOptions(yargs))
    .option('workers', {
      type: 'string',
      requiresArg: true,
      describe: 'Trials to run at once; with --engine, 0 runs none here [default: all cores]',
      coerce: wholeNumber('--workers', 0),
    })
    .option('serve', {
      type: 'boolean',
      default: false,
      describe: 'Serve a live page of the study from a separate process',
    })
    .option('grace', {
      type: 'string',
      requiresArg: true,
      describe: 'Seconds for running trials to finish after Ctrl-C [default: no limit]',
      coerce: wholeNumber('--grace', 0),
    })
}

/** `--engine` and what goes with it, for `run`, `resume` and `worker`. */
export function engineOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('token', {
      type: 'string',
      requiresArg: true,
      describe: 'Token shared by a study and its workers [default: FINESWEEP_TOKEN]',
      coerce: once<string | undefined>('--token'),
    })
    .option('root', {
      type: 'string',
      requiresArg: true,
      describe: 'The folder with the data, modules and programs [default: the current folder]',
      coerce: once<string | undefined>('--root'),
    })
    .option('engine-prefix', {
      type: 'string',
      default: 'finesweep',
      requiresArg: true,
      describe: 'Prefix of the keys in Redis',
      coerce: once<string>('--engine-prefix'),
    })
}

/** `--engine URL`, for commands that only list the workers. */
export function engineNameOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('engine', {
      type: 'string',
      requiresArg: true,
      describe: 'Also show the workers of this engine [default: FINESWEEP_ENGINE]',
      coerce: once<string | undefined>('--engine'),
    })
    .option('engine-prefix', {
      type: 'string',
      default: 'finesweep',
      requiresArg: true,
      describe: 'Prefix of the keys in Redis',
      coerce: once<string>('--engine-prefix'),
    })
}

/** The workers of the engine that a command line or the environment names; null if none is named. */
export async function workersOfEngine(
  args: { readonly engine?: string | undefined; readonly enginePrefix: string },
  env: NodeJS.ProcessEnv,
) {
  const url = args.engine ?? env.FINESWEEP_ENGINE
  if (url === undefined || url === '') return null
  const { readWorkers } = await import('../engine/read-workers.ts')
  const source = args.engine === undefined ? 'FINESWEEP_ENGINE' : '--engine'
  return readWorkers(readEngineAddress(url, source), args.enginePrefix)
}

/**
 * The workers of the engine, for a command that has other things to show: where only the environment names an engine
 * that cannot be asked, a sentence in their place.
 */
export async function workersIfReachable(
  args: Parameters<typeof workersOfEngine>[0],
  env: NodeJS.ProcessEnv,
): Promise<{
  readonly workers: Awaited<ReturnType<typeof workersOfEngine>>
  readonly problem: string | null
}> {
  try {
    return { workers: await workersOfEngine(args, env), problem: null }
  } catch (error) {
    if (args.engine !== undefined || !(error instanceof UserError)) throw error
    return { workers: null, problem: `${error.message}. Its workers are not shown.` }
  }
}

/** `--engine URL`, for commands that run a study. */
export function engineOption<T>(yargs: Argv<T>) {
  return engineOptions(yargs)
    .option('engine', {
      type: 'string',
      requiresArg: true,
      describe: 'Also run trials on remote workers, through Redis [default: FINESWEEP_ENGINE]',
      coerce: once<string | undefined>('--engine'),
    })
    .option('engine-timeout', {
      type: 'string',
      requiresArg: true,
      describe: 'Seconds to wait for an unreachable engine [default: 600]',
      coerce: wholeNumber('--engine-timeout', 1),
    })
    .option('engine-lock', {
      type: 'string',
      requiresArg: true,
      describe: "Seconds before a silent worker's trial runs elsewhere [default: 30]",
      coerce: wholeNumber('--engine-lock', 1),
    })
}

/** What a command line may say of the engine. */
export interface EngineArguments {
  readonly engine?: string | undefined
  readonly token?: string | undefined
  readonly root?: string | undefined
  readonly enginePrefix: string
  readonly engineTimeout?: number | undefined
  readonly engineLock?: number | undefined
}

/** The engine that a command line or the environment names; undefined if there is none. @throws UserError('usage') */
export function chosenEngine(args: EngineArguments, env: NodeJS.ProcessEnv): EngineOptions | undefined {
  const url = args.engine ?? env.FINESWEEP_ENGINE
  if (url === undefined || url === '') return undefined
  readEngineAddress(url, args.engine === undefined ? 'FINESWEEP_ENGINE' : '--engine')
  const { engineTimeout: timeout, engineLock } = args
  return {
    url,
    prefix: args.enginePrefix,
    token: args.token ?? env.FINESWEEP_TOKEN ?? null,
    root: resolve(args.root ?? '.'),
    ...(timeout === undefined ? {} : { timeout }),
    ...(engineLock === undefined ? {} : { lockMs: 1000 * engineLock }),
  }
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
