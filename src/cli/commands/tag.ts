import { UserError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { editStudy } from '../edit-study.ts'
import { withStudy } from '../open-study.ts'
import { storeOptions } from '../options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep tag STUDY TAG...`: words to find a study by. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs)
      .positional('study', { type: 'string', demandOption: true, describe: 'The study' })
      .positional('tags', {
        type: 'string',
        array: true,
        default: [] as string[],
        describe: 'Tags to add; omit them to show the current tags',
      })
      .option('remove', {
        type: 'boolean',
        default: false,
        describe: 'Remove these tags, or all if none is given',
      })
      .example('finesweep tag mine paper cifar', '')
      .example('finesweep tag mine cifar --remove', ''),

  run: async (args, terminal) => {
    if (args.tags.length === 0 && !args.remove) {
      await withStudy(args, async ({ study }) => {
        if (study.tags.length > 0) await print(terminal, `${study.tags.join('\n')}\n`)
        else if (!args.quiet) say(terminal, `${study.name} has no tags.`)
      })
      return
    }
    const empty = args.tags.find((tag) => tag.trim() === '')
    if (empty !== undefined && !args.remove) {
      throw new UserError('usage', `TAG must not be empty, got ${JSON.stringify(empty)}`)
    }
    await editStudy(args, (store, study) => {
      const kept = args.tags.length === 0 ? [] : study.tags.filter((tag) => !args.tags.includes(tag))
      store.setTags(study.id, args.remove ? kept : [...study.tags, ...args.tags])
    })
  },
})
