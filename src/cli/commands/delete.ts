import { UserError } from '../../errors.ts'
import { countOf } from '../../report/numbers.ts'
import { defineCommand } from '../command.ts'
import { editStudy } from '../edit-study.ts'
import { storeOptions } from '../options.ts'
import { say } from '../terminal.ts'

/** `finesweep delete STUDY --yes`: removes a study, its trials, and their folders. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs)
      .positional('study', { type: 'string', demandOption: true, describe: 'The study' })
      .option('yes', {
        type: 'boolean',
        default: false,
        describe: 'Confirm the deletion, which only a backup can undo',
      })
      .example('finesweep delete old --yes', ''),

  run: (args, terminal) =>
    editStudy(args, async (store, study) => {
      const trials = Object.values(store.countTrials(study.id)).reduce((sum, count) => sum + count, 0)
      const what = `study "${study.name}" with ${countOf(trials, 'trial')}`
      if (!args.yes) {
        throw new UserError('usage', `This would delete ${what} and their files`, {
          hint: 'Confirm with --yes.',
        })
      }
      const { removeFolder, studyFolder } = await import('../../session/trial-folders.ts')
      // Refuses a study that runs before its folder is touched.
      store.acquireLease(study.id)
      removeFolder(studyFolder(args.db, study.name), () => store.deleteStudy(study.id))
      if (!args.quiet) say(terminal, `Deleted ${what}.`)
    }),
})
