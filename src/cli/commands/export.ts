import { extname } from 'node:path'
import { UserError } from '../../errors.ts'
import { EXPORT_FORMATS, type ExportFormat, exportStudy, FORMAT_OF_ENDING } from '../../report/export.ts'
import { own } from '../../space/own.ts'
import { streamTrials } from '../../study/trial-stream.ts'
import { closestName } from '../../text/closest-name.ts'
import { defineCommand } from '../command.ts'
import { withStudy } from '../open-study.ts'
import { once, storeOptions, studyPositional } from '../options.ts'
import { writeOutputFile } from '../output-file.ts'
import { printAll, say } from '../terminal.ts'

/** `finesweep export [STUDY] --format F [-o FILE]`: all trials of a study, for other tools. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(studyPositional(yargs))
      .option('format', {
        type: 'string',
        requiresArg: true,
        describe: `${EXPORT_FORMATS.join(', ')} [default: from the file name, else csv]`,
        coerce: once<string>('--format'),
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'Write to this file, atomically [default: stdout]',
        coerce: once<string>('--output'),
      })
      .option('safe', {
        type: 'boolean',
        default: false,
        describe: 'CSV for spreadsheets: prefix text that looks like a formula with an apostrophe',
      })
      .example('finesweep export -o trials.parquet', 'for pandas, DuckDB and Arrow')
      .example('finesweep export -o study.log', "Optuna's JournalStorage"),

  run: (args, terminal) => {
    const format = args.format === undefined ? formatOf(args.output) : parseFormat(args.format)
    if (args.safe && format !== 'csv') {
      throw new UserError('usage', `--safe applies only to CSV; the format is ${format}`, {
        hint: 'Omit it, or use --format csv.',
      })
    }
    return withStudy(args, async ({ reader, study, stages }) => {
      const context = { study, stages }
      const toStdout = args.output === undefined || args.output === '-'
      if (format === 'parquet') {
        const { exportParquet } = await import('../../report/parquet.ts')
        if (toStdout) {
          throw new UserError('usage', 'Parquet is binary and can only be written to a file', {
            hint: 'Add -o trials.parquet.',
          })
        }
        writeOutputFile(args.output!, exportParquet([...streamTrials(reader, study.id)], context))
      } else {
        const text = exportStudy(format, reader, context, args.safe)
        if (toStdout) {
          await printAll(terminal, text)
          return
        }
        writeOutputFile(args.output!, text)
      }
      if (!args.quiet) say(terminal, `Wrote ${study.name} to ${args.output} (${format}).`)
    })
  },
})

function parseFormat(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === text)
  if (format !== undefined) return format
  const likely = closestName(text, EXPORT_FORMATS)
  throw new UserError('usage', `--format: there is no format ${JSON.stringify(text)}`, {
    hint:
      likely === undefined
        ? `Formats: ${EXPORT_FORMATS.join(', ')}.`
        : `Did you mean ${JSON.stringify(likely)}?`,
  })
}

/** What a file's name asks for; CSV where it has no ending. @throws UserError('usage') for an ending of no format */
function formatOf(file: string | undefined): ExportFormat {
  const ending = extname(file ?? '')
    .slice(1)
    .toLowerCase()
  const format = own(FORMAT_OF_ENDING, ending)
  if (format !== undefined) return format
  if (ending === '') return 'csv'
  throw new UserError('usage', `${file}: unknown format .${ending}`, {
    hint: `Known extensions: ${Object.keys(FORMAT_OF_ENDING).join(', ')} (log is Optuna's journal). Or use --format.`,
  })
}
