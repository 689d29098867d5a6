import { defineCommand } from '../command.ts'
import { studyPositional, wholeNumber } from '../options.ts'
import { sessionOptions, setOption } from '../run-options.ts'
import { runSession } from '../run-session.ts'

/** `finesweep resume [STUDY]`: takes a study up where it was left, or extends it on purpose. */
export default defineCommand({
  options: (yargs) =>
    setOption(sessionOptions(studyPositional(yargs)))
      .option('add', {
        type: 'string',
        requiresArg: true,
        describe: 'Add this many trials to the last stage',
        coerce: wholeNumber('--add', 1),
      })
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'Continue even if the data, objective or space has changed, and record the change',
      })
      .example('finesweep resume mine --set stages.fine.trials=64', '')
      .example("finesweep resume mine --set 'stages[2]={ name: finer, trials: 16, epochs: 10 }'", '')
      .example('finesweep resume mine --set space.lr.float=[1e-6,10] --set stages[2].trials=16 --force', ''),

  run: async (args, terminal) => {
    const { resumeExperiment } = await import('../../session/session.ts')
    const changes = { force: args.force, add: args.add ?? 0, set: args.set }
    return runSession(args, terminal, (options) => resumeExperiment(args.study ?? null, changes, options))
  },
})
