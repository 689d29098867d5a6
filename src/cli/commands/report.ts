import { UserError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { openInBrowser } from '../open-browser.ts'
import { findStudy, withReader } from '../open-study.ts'
import { once, storeOptions, wholeNumber } from '../options.ts'
import { writeOutputFile } from '../output-file.ts'
import { print, say } from '../terminal.ts'

/** `finesweep report [STUDY...] -o report.html`: all there is to see, in one file. */
export default defineCommand({
  options: (yargs) =>
    storeOptions(yargs)
      .usage(
        'finesweep report [study..]\n\nWrite one HTML file: answers, pictures and all trials of one study or several',
      )
      .positional('study', { type: 'string', array: true, describe: 'The studies; by default the latest' })
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'The file to write; - for stdout [default: report.html]',
        coerce: once<string>('--output'),
      })
      .option('trials', {
        type: 'string',
        requiresArg: true,
        describe: 'Rows in the table of trials [default: 1000]',
        coerce: wholeNumber('--trials', 0),
      })
      .option('images', {
        type: 'boolean',
        default: true,
        describe: 'Show images from the data set; --no-images omits them',
      })
      .option('with-paths', {
        type: 'boolean',
        default: false,
        describe: 'Show commands and paths from the study file',
      })
      .option('open', { type: 'boolean', default: false, describe: 'Open it in a browser' })
      .example('finesweep report -o report.html --open', '')
      .example('finesweep report adam sgd -o compare.html', 'two studies side by side'),

  run: (args, terminal) =>
    withReader(args.db, async (reader) => {
      const names = [...new Set(args.study ?? [])]
      const studies =
        names.length === 0
          ? [findStudy(reader, undefined, args.db)]
          : names.map((name) => findStudy(reader, name, args.db))
      const output = args.output ?? 'report.html'
      if (output === '-' && terminal.stdout.isTTY === true) {
        throw new UserError('usage', 'HTML is not written to a terminal', {
          hint: 'Write to a file: -o report.html',
        })
      }
      const { reportHtml } = await import('../pictures/report.ts')
      const html = await reportHtml(reader, studies, {
        images: args.images,
        rows: args.trials ?? 1000,
        withPaths: args.withPaths,
      })
      if (output === '-') {
        await print(terminal, html)
        return
      }
      writeOutputFile(output, [html])
      if (!args.quiet) {
        const size = `${Math.max(1, Math.round(Buffer.byteLength(html) / 1000))} kB`
        say(terminal, `Wrote ${studies.map(({ name }) => name).join(', ')} to ${output} (${size}).`)
      }
      if (args.open) openInBrowser(output, terminal)
    }),
})
