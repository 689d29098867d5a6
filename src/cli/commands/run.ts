import { defineCommand } from '../command.ts'
import { once } from '../options.ts'
import { defaultWorkers, nameOption, sessionOptions, setOption } from '../run-options.ts'
import { runSession } from '../run-session.ts'
import { say } from '../terminal.ts'

/** `finesweep run FILE.yaml`: a new study, from its file to its best network. */
export default defineCommand({
  options: (yargs) =>
    setOption(nameOption(sessionOptions(yargs)))
      .positional('file', { type: 'string', demandOption: true, describe: 'The study file' })
      .option('seed', {
        type: 'string',
        requiresArg: true,
        describe: "The seed of all randomness [default: the file's, or 42]",
        coerce: once<string | undefined>('--seed'),
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Show the resolved study, its first trials and an estimate; write nothing',
      })
      .example('finesweep run experiments/quickstart.yaml --workers 4', '')
      .example('finesweep run study.yaml --set stages[0].trials=8 --dry-run', ''),

  run: async (args, terminal) => {
    const { readExperiment } = await import('../../study-file/read-experiment.ts')
    const experiment = readExperiment(args.file, {
      overrides: args.set,
      name: args.name,
      seed: args.seed,
      note: (text) => {
        if (!args.quiet) say(terminal, text)
      },
    })
    if (args.dryRun) {
      const { showDryRun } = await import('../dry-run.ts')
      return showDryRun(experiment, args.workers ?? defaultWorkers(), terminal)
    }
    const { runExperiment } = await import('../../session/session.ts')
    return runSession(args, terminal, (options) => runExperiment(experiment, args.name ?? null, options))
  },
})
