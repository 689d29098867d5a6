import { UserError } from '../../errors.ts'
import { countOf } from '../../report/numbers.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import type { StudyRecord, StudyWriter } from '../../store/store.ts'
import { shellWord } from '../../text/shell-word.ts'
import { withHeldStudy } from '../asked-study.ts'
import { defineCommand } from '../command.ts'
import { dbOption } from '../open-study.ts'
import { jsonOption, once, storeOptions, wholeNumber } from '../options.ts'
import { nameOption } from '../run-options.ts'
import { print, say } from '../terminal.ts'

/** `finesweep import STUDY --from SOURCE`: finished trials from elsewhere, for a study to learn from. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(nameOption(storeOptions(yargs)))
      .positional('study', {
        type: 'string',
        demandOption: true,
        describe: 'The study to import into, or a study file to start one',
      })
      .option('from', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'A CSV file, an Optuna journal, a store, or another study in this store',
        coerce: once<string>('--from'),
      })
      .option('from-study', {
        type: 'string',
        requiresArg: true,
        describe: 'The study in that store or journal [default: its only one]',
        coerce: once<string | undefined>('--from-study'),
      })
      .option('map', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'The CSV column of a parameter or field: --map lr=learning_rate --map value=loss',
      })
      .option('epochs', {
        type: 'string',
        requiresArg: true,
        describe: 'Epochs for trials that do not specify them [default: those of the last stage]',
        coerce: wholeNumber('--epochs', 1),
      })
      .option('narrow', {
        type: 'boolean',
        default: false,
        describe: 'Narrow the first stage to the best imported trials',
      })
      .example('finesweep import study.yaml --from optuna.log', 'start a study with trials from another tool')
      .example('finesweep import mine --from runs.csv --map value=val_acc', ''),

  run: async (args, terminal) => {
    const { readSource } = await import('../../import/open-source.ts')
    const { importTrials } = await import('../../session/import-trials.ts')
    const { createStudy } = await import('../../session/ask.ts')
    const columns = readColumns(args.map)
    let isNew = false
    const begin: typeof createStudy = (...given) => {
      isNew = true
      return createStudy(...given)
    }
    return withHeldStudy(args, { command: 'import', begin }, async (study, store) => {
      const { experimentFromJson } = await import('../../study-file/experiment-json.ts')
      if (args.from === study.name) {
        throw new UserError('usage', `--from: study "${study.name}" can't import its own trials`)
      }
      const { space } = experimentFromJson(study.experiment, study.name)
      const { epochs = null, narrow } = args
      const settings = { space, columns, store, metric: study.metric, study: args.fromStudy ?? null }
      const { source, trials, stages, isComplete, remarks } = takeBackOnFailure(
        isNew ? study : null,
        store,
        () => {
          const source = readSource(args.from, settings)
          return { source, ...importTrials(store, study, source, { epochs, narrow }) }
        },
      )
      if (args.json) {
        const head = { schemaVersion: SCHEMA_VERSION, study: study.name, source: source.name }
        const numbers = trials.map(({ number }) => number)
        await print(terminal, `${JSON.stringify({ ...head, stages, trials: numbers, remarks })}\n`)
      } else if (!args.quiet) {
        for (const remark of remarks) say(terminal, `${remark}.`)
        const added = `Imported ${countOf(trials.length, 'trial')} from ${source.name} into ${study.name} (${stages.join(', ')}).`
        say(
          terminal,
          `${added} Continue with: finesweep resume ${shellWord(study.name)}${isComplete ? ' --add 32' : ''}${dbOption(args.db)}`,
        )
      }
      return 0
    })
  },
})

/** A study that was begun for the import goes again if nothing comes of that. */
function takeBackOnFailure<T>(begun: StudyRecord | null, store: StudyWriter, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (begun !== null) {
      store.releaseLease(begun.id)
      store.deleteStudy(begun.id)
    }
    throw error
  }
}

/** `lr=learning_rate`: by parameter or field. */
function readColumns(texts: readonly string[]): Record<string, string> {
  const columns: Record<string, string> = {}
  for (const text of texts) {
    const [name, column] = /^([^=]+)=(.+)$/s.exec(text)?.slice(1) ?? []
    if (name === undefined || column === undefined) {
      throw new UserError('usage', `--map must be NAME=COLUMN, got ${JSON.stringify(text)}`)
    }
    if (Object.hasOwn(columns, name)) throw new UserError('usage', `--map sets ${name} twice`)
    columns[name] = column
  }
  return columns
}
