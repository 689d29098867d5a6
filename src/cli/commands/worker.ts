import { statSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import { codeVersion } from '../../code-version.ts'
import { UserError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { describeArithmetic } from '../known-step.ts'
import { once, wholeNumber } from '../options.ts'
import { engineOptions } from '../run-options.ts'
import { listenForSignals } from '../stop-signals.ts'
import { say } from '../terminal.ts'

/** After how many seconds without a trial `--once` ends, unless `--idle` says. */
const IDLE_SECONDS = 15

/** `finesweep worker URL`: runs trials of the studies that are offered at an engine. */
export default defineCommand({
  options: (yargs) =>
    engineOptions(yargs)
      .positional('url', {
        type: 'string',
        describe: 'The engine, redis://HOST:6379 [default: FINESWEEP_ENGINE]',
      })
      .option('slots', {
        type: 'string',
        requiresArg: true,
        describe: 'Trials to run at once [default: one per core]',
        coerce: wholeNumber('--slots', 1),
      })
      .option('name', {
        type: 'string',
        requiresArg: true,
        describe: "The worker's name [default: host and process]",
        coerce: once<string | undefined>('--name'),
      })
      .option('label', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'A label shown with the worker: gpu, rack-3',
      })
      .option('once', {
        type: 'boolean',
        default: false,
        describe: `Exit after ${IDLE_SECONDS} s without a trial, for batch systems`,
      })
      .option('idle', {
        type: 'string',
        requiresArg: true,
        describe: 'Exit after this many seconds without a trial',
        coerce: wholeNumber('--idle', 1),
      })
      .option('memory', {
        type: 'string',
        requiresArg: true,
        describe: 'MB of data kept for several studies [default: 4096]',
        coerce: wholeNumber('--memory', 1),
      })
      .option('grace', {
        type: 'string',
        requiresArg: true,
        describe: 'Seconds for running trials to finish after Ctrl-C [default: no limit]',
        coerce: wholeNumber('--grace', 0),
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'Print only errors' })
      .example('finesweep worker redis://head:6379 --slots 8 --root /data/study', ''),

  run: async (args, terminal) => {
    const { runWorker } = await import('../../engine/worker-node.ts')
    const { removeLeftFolders } = await import('../../objective/temporary-folder.ts')
    const { readEngineAddress } = await import('../../engine/engine-address.ts')
    const tell = (sentence: string): void => {
      if (!args.quiet) say(terminal, sentence)
    }
    const url = args.url as string | undefined
    const address = readEngineAddress(
      url ?? terminal.env.FINESWEEP_ENGINE ?? '',
      url === undefined ? 'The argument of worker, or FINESWEEP_ENGINE,' : 'The argument of worker',
    )
    const root = resolve(args.root ?? '.')
    if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UserError('usage', `--root: the folder ${root} does not exist`, {
        hint: 'Name the folder with the data, modules and programs of the studies.',
      })
    }
    await removeLeftFolders(tell)
    const idleSeconds = args.idle ?? (args.once ? IDLE_SECONDS : undefined)
    const stop = listenForSignals(args.grace === undefined ? null : 1000 * args.grace, tell)
    await runWorker({
      address,
      prefix: args.enginePrefix,
      name: args.name ?? `${hostname()}-${process.pid}`,
      slots: args.slots ?? availableParallelism(),
      root,
      cacheFolder: resolve(root, 'results/cache'),
      codeVersion: codeVersion(),
      token: args.token ?? terminal.env.FINESWEEP_TOKEN ?? null,
      labels: args.label,
      memoryBytes: 2 ** 20 * (args.memory ?? 4096),
      idleMs: idleSeconds === undefined ? null : 1000 * idleSeconds,
      kernels: await describeArithmetic(),
      say: tell,
      drain: stop.drain,
      halt: stop.halt,
    })
    stop.endGrace()
    return stop.exitCode ?? 0
  },
})
