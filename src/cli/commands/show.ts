import { UserError } from '../../errors.ts'
import { readRungVerdicts } from '../../report/rungs.ts'
import { renderTrial, trialJson } from '../../report/trial-report.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { dbOption, findTrial, withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, wholeNumber } from '../options.ts'
import { print } from '../terminal.ts'

/** `finesweep show [STUDY] TRIAL`: all that is known of one trial. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(yargs))
      .usage('finesweep show [study] <trial>\n\nShow one trial with all its measurements')
      .positional('study', {
        type: 'string',
        demandOption: true,
        describe: 'The study; by default the latest',
      })
      .positional('trial', { type: 'string', describe: "The trial's number" })
      .example('finesweep show 17', 'trial 17 of the latest study')
      .example('finesweep show quickstart 17', ''),

  run: async (args, terminal) => {
    // A single word is the trial: the study is what may be left out.
    const [study, word] = args.trial === undefined ? [undefined, args.study] : [args.study, args.trial]
    const number = wholeNumber('TRIAL', 0)(word)
    if (number === undefined) throw new UserError('usage', 'TRIAL is missing')
    await withStudy({ db: args.db, study }, async (open) => {
      const trial = findTrial(open, number, args.db)
      const shown = {
        study: open.study,
        stages: open.stages,
        trial,
        measurements: open.reader.measurements(open.study.id, number),
        rungs: readRungVerdicts(open.reader, open.study, open.stages[trial.stage], number),
        evaluations: open.reader.evaluations(open.study.id).filter(({ trial }) => trial === number),
      }
      const text = args.json
        ? `${JSON.stringify(trialJson(shown), null, 2)}\n`
        : renderTrial(shown, dbOption(args.db), tableLayout(terminal))
      await print(terminal, text)
    })
  },
})
