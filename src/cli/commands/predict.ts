import { existsSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import type { FilePredictions } from '../../model/kept-network.ts'
import { countOf } from '../../report/numbers.ts'
import { defineCommand } from '../command.ts'
import { trialOrBest } from '../kept-trial.ts'
import { withStudy } from '../open-study.ts'
import { once, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { printAll, say, type Terminal } from '../terminal.ts'

/** Stands for the study's own data where those are generated. */
const GENERATED = 'generated'

/** `finesweep predict [STUDY] --data F`: labels and probabilities of new rows, as CSV. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(studyPositional(yargs))
      .option('data', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: "Rows in the form of the study's data: a CSV, .npy, IDX or CIFAR-10 file, or a folder",
        coerce: once<string>('--data'),
      })
      .option('trial', {
        type: 'string',
        requiresArg: true,
        describe: 'The trial whose network to use [default: the best]',
        coerce: wholeNumber('--trial', 0),
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'Write to this file [default: stdout]',
        coerce: once<string | undefined>('--output'),
      }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const trial = trialOrBest(open, args.trial, args.db)
      if (args.data !== GENERATED && !existsSync(args.data)) {
        throw new UserError('usage', `--data: cannot read ${args.data}: no such file`)
      }
      const { cacheFolderOf } = await import('../../session/conduct.ts')
      const { predictFile } = await import('../../model/kept-network.ts')
      const { openKeptNetwork } = await import('../../session/open-kept-network.ts')
      const { numbersCsv, predictionsCsv } = await import('../../report/predictions.ts')
      const kept = await openKeptNetwork(open.reader, open.study, trial, cacheFolderOf(args.db))
      const predictions = await predictFile(kept, args.data)
      if (!args.quiet) sayOf(predictions, terminal)
      const names = kept.data.classes
      const lines =
        predictions.classes === null
          ? numbersCsv(predictions.numbers!, names[0]!, predictions.incomplete)
          : predictionsCsv(predictions.classes, names, predictions.incomplete)
      if (args.output === undefined || args.output === '-') return printAll(terminal, lines)
      const { writeOutputFile } = await import('../output-file.ts')
      writeOutputFile(args.output, lines)
      if (!args.quiet)
        say(
          terminal,
          `Wrote ${countOf(predictions.rows, 'prediction')} from trial ${trial.number} to ${args.output}.`,
        )
    }),
})

/** What was ignored or unknown, and how often the labels that came along were right. */
function sayOf(predictions: FilePredictions, terminal: Terminal): void {
  const { remarks, accuracy, r2, incomplete } = predictions
  const rows = predictions.rows - incomplete.size
  for (const remark of remarks) say(terminal, `Data: ${remark}.`)
  if (r2 !== null) say(terminal, `The file has the target: R² ${r2.toFixed(4)} on ${countOf(rows, 'row')}.`)
  if (accuracy !== null) {
    say(terminal, `The file has labels: accuracy ${accuracy.toFixed(4)} on ${countOf(rows, 'row')}.`)
  }
}
