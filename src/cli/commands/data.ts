import type { DataSettings } from '../../data/data-config.ts'
import { UserError } from '../../errors.ts'
import { renderDataFacts } from '../../report/data-report.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import { defineCommand } from '../command.ts'
import { tableLayout } from '../layout.ts'
import { jsonOption } from '../options.ts'
import { print } from '../terminal.ts'

/** `finesweep data info SOURCE`: what a data set is, before anything is trained on it. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(yargs)
      .usage('finesweep data info <source>\n\nShow columns, classes, parts and hash of a data set')
      .positional('action', { type: 'string', demandOption: true, describe: 'info' })
      .positional('source', {
        type: 'string',
        demandOption: true,
        describe: 'generated, a file, a folder, or a study file',
      })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: 'Set a key of the data block: --set label=species --set missing=mean',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'Print only results and errors' })
      .example('finesweep data info generated', '')
      .example('finesweep data info data/cifar-10-batches-py', '')
      .example('finesweep data info wine.csv --set label=0', ''),

  run: async (args, terminal) => {
    if (args.action !== 'info') {
      throw new UserError('usage', `There is no command "data ${args.action}"`, {
        hint: 'See: finesweep data --help',
      })
    }
    const { describeData } = await import('../../data/describe-data.ts')
    const description = await describeData(await settingsOf(args.source, args.set))
    const text = args.json
      ? `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...description }, null, 2)}\n`
      : renderDataFacts({ ...description, split: { ...description.split } }, tableLayout(terminal))
    await print(terminal, text)
  },
})

/** The blocks of a study file, or what a study of the data at a path would get. */
async function settingsOf(source: string, sets: readonly string[]): Promise<DataSettings> {
  const { dataInfoSettings } = await import('../../study-file/data-settings.ts')
  return dataInfoSettings(source, sets)
}
