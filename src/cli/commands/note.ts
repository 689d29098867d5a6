import { defineCommand } from '../command.ts'
import { editStudy } from '../edit-study.ts'
import { withStudy } from '../open-study.ts'
import { storeOptions } from '../options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep note STUDY [TEXT]`: what people want to remember of a study. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs)
      .positional('study', { type: 'string', demandOption: true, describe: 'The study' })
      .positional('text', {
        type: 'string',
        describe: 'The note, replacing any earlier one; omit it to show the current note',
      })
      .option('remove', { type: 'boolean', default: false, describe: 'Remove the note' })
      .example("finesweep note mine 'before the data were cleaned'", ''),

  run: async (args, terminal) => {
    if (args.text === undefined && !args.remove) {
      await withStudy(args, async ({ study }) => {
        if (study.comment !== null) await print(terminal, `${study.comment}\n`)
        else if (!args.quiet) say(terminal, `${study.name} has no note.`)
      })
      return
    }
    const text = args.remove ? null : args.text!.trim()
    await editStudy(args, (store, study) => store.setComment(study.id, text === '' ? null : text))
  },
})
