import { formatDuration } from '../../report/numbers.ts'
import { defineCommand } from '../command.ts'
import { findTrial, withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, wholeNumber } from '../options.ts'
import { print, say } from '../terminal.ts'

/** What a replay exits with if it measured something else. */
const DIFFERENT = 1

/** `finesweep replay STUDY TRIAL`: runs one trial alone and compares all it measures, to the last bit. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(yargs))
      .positional('study', { type: 'string', demandOption: true, describe: 'The study' })
      .positional('trial', {
        type: 'string',
        demandOption: true,
        describe: "The trial's number",
        coerce: wholeNumber('trial', 0),
      }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const trial = findTrial(open, args.trial as number, args.db)
      const { replayTrial } = await import('../../session/replay.ts')
      const { difference, outcome } = await replayTrial(
        open.reader,
        open.study,
        trial,
        args.db,
        ({ step, value, seconds }) => {
          if (!args.quiet)
            say(terminal, `step ${step}: ${open.study.metric} ${value} (${formatDuration(seconds * 1000)})`)
        },
      )
      const { error } = outcome
      if (error !== null && !args.quiet) say(terminal, `${outcome.state}: ${error.message}`)
      if (args.json) {
        const document = {
          schemaVersion: 1,
          study: open.study.name,
          trial: trial.number,
          same: difference === null,
          difference,
        }
        await print(terminal, `${JSON.stringify(document, null, 2)}\n`)
      } else {
        await print(terminal, difference === null ? 'same\n' : `different: ${difference}\n`)
      }
      return difference === null ? 0 : DIFFERENT
    }),
})
