import { defineCommand } from '../command.ts'
import { storeOptions } from '../options.ts'
import { say } from '../terminal.ts'

/** `finesweep backup FILE`: a copy of the store, also while studies run in it. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs).positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'The file to write; it must not exist yet',
    }),

  run: async (args, terminal) => {
    const { backupStore } = await import('../../store/backup.ts')
    await backupStore(args.db, args.file)
    if (!args.quiet) say(terminal, `Copied ${args.db} to ${args.file}.`)
  },
})
