import { countOf } from '../../report/numbers.ts'
import { defineCommand } from '../command.ts'
import { trialOrBest } from '../kept-trial.ts'
import { withStudy } from '../open-study.ts'
import { once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { say } from '../terminal.ts'

/** `finesweep weights [STUDY] [TRIAL] -o FILE`: a kept network as a safetensors file. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(studyPositional(yargs))
      .positional('trial', {
        type: 'string',
        describe: "The trial's number; by default the best",
        coerce: wholeNumber('TRIAL', 0),
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The file to write',
        coerce: once<string>('--output'),
      }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const trial = trialOrBest(open, args.trial as number | undefined, args.db)
      const { keptArtifact } = await import('../../model/kept-network.ts')
      const { writeOutputFile } = await import('../output-file.ts')
      const bytes = keptArtifact(open.reader, open.study, trial)
      writeOutputFile(args.output, bytes)
      if (!args.quiet)
        say(
          terminal,
          `Wrote what trial ${trial.number} kept, ${countOf(bytes.length, 'byte')}, to ${args.output}.`,
        )
    }),
})
