import { evaluationJson, renderEvaluation } from '../../report/evaluation.ts'
import { defineCommand } from '../command.ts'
import { trialOrBest } from '../kept-trial.ts'
import { tableLayout } from '../layout.ts'
import { withStudy } from '../open-study.ts'
import { jsonOption, storeOptions, studyPositional, wholeNumber } from '../options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep evaluate [STUDY] [TRIAL]`: a kept network on the test set, and how often that was looked at. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(storeOptions(studyPositional(yargs))).positional('trial', {
      type: 'string',
      describe: "The trial's number; by default the best",
      coerce: wholeNumber('TRIAL', 0),
    }),

  run: (args, terminal) =>
    withStudy(args, async (open) => {
      const { reader, study } = open
      const trial = trialOrBest(open, args.trial as number | undefined, args.db)
      const { cacheFolderOf } = await import('../../session/conduct.ts')
      const { judgeOnTest } = await import('../../model/kept-network.ts')
      const { testEvaluation, testEvaluations } = await import('../../model/test-look.ts')
      const { openKeptNetwork } = await import('../../session/open-kept-network.ts')
      const { openWriter } = await import('../../store/sqlite-store.ts')
      const kept = await openKeptNetwork(reader, study, trial, cacheFolderOf(args.db))
      const score = await judgeOnTest(kept)
      const looks = testEvaluations(reader, study.id)
      const writer = openWriter(args.db)
      try {
        writer.addEvaluation(study.id, testEvaluation(trial.number, score))
      } finally {
        writer.close()
      }
      if (looks.length > 0 && !args.quiet) say(terminal, warning(looks.length + 1))
      const { classes } = kept.data
      const text = args.json
        ? `${JSON.stringify(evaluationJson(study.name, trial.number, score, classes), null, 2)}\n`
        : renderEvaluation(trial.number, score, classes, tableLayout(terminal))
      await print(terminal, text)
    }),
})

function warning(times: number): string {
  return (
    `Warning: this is evaluation ${times} of this study's test set. Choosing by repeated test results makes them ` +
    'optimistic: evaluate once, at the end.'
  )
}
