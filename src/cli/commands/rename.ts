import { UserError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { editStudy } from '../edit-study.ts'
import { storeOptions } from '../options.ts'
import { say } from '../terminal.ts'

/** `finesweep rename STUDY NAME`: its results and its digest stay the same. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs)
      .positional('study', { type: 'string', demandOption: true, describe: 'The study' })
      .positional('to', { type: 'string', demandOption: true, describe: 'Its new name, which must be free' })
      .example('finesweep rename mine mine-wide', ''),

  run: (args, terminal) =>
    editStudy(args, async (store, study) => {
      const { nameSchema } = await import('../../study-file/top-schema.ts')
      const { moveFolder, studyFolder } = await import('../../session/trial-folders.ts')
      const read = nameSchema.safeParse(args.to)
      if (!read.success) {
        const rule = read.error.issues[0]!.message
        throw new UserError('usage', `NAME ${/^must/.test(rule) ? rule : 'must have 1 to 80 characters'}`)
      }
      store.renameStudy(study.id, args.to)
      try {
        const moved = moveFolder(studyFolder(args.db, study.name), studyFolder(args.db, args.to))
        if (moved !== null) {
          say(terminal, `The folder of an earlier study "${args.to}" was moved to ${moved}.`)
        }
      } catch (error) {
        store.renameStudy(study.id, study.name)
        throw error
      }
      if (!args.quiet) say(terminal, `Study "${study.name}" is now "${args.to}".`)
    }),
})
