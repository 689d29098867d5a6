import type { Argv } from 'yargs'
import { defineCommand } from '../command.ts'
import { jsonOption, once, storeOptions, studyPositional, wholeNumber } from '../options.ts'

/** `finesweep plot [STUDY] [PICTURE...]`: pictures in the terminal, or as SVG files. */
export default defineCommand({
  options: (yargs) =>
    appearance(contents(studyAndPictures(yargs)))
      .example('finesweep plot', 'narrowing and history of the latest study')
      .example('finesweep plot quickstart slices --param learningRate', '')
      .example('finesweep plot -o pictures/', 'all pictures as SVG'),

  run: async (args, terminal) => {
    const { plot } = await import('../pictures/plot.ts')
    return plot(
      { ...args, words: [args.study, args.picture ?? []].flat().filter((word) => word !== undefined) },
      terminal,
    )
  },
})

function studyAndPictures(yargs: Argv) {
  return jsonOption(storeOptions(studyPositional(yargs)))
    .usage(
      'finesweep plot [study] [picture..]\n\nDraw pictures of a study in the terminal, or write them as SVG',
    )
    .positional('picture', { type: 'string', array: true, describe: 'Which pictures; see --list' })
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: 'Write SVG: a file for one picture, - for stdout, or a folder',
      coerce: once<string>('--output'),
    })
    .option('list', { type: 'boolean', default: false, describe: 'List the pictures' })
}

/** What a picture shows. */
function contents<T>(yargs: Argv<T>) {
  return yargs
    .option('trial', {
      type: 'string',
      requiresArg: true,
      describe: 'The trial shown by loss and data [default: the best]',
      coerce: wholeNumber('--trial', 0),
    })
    .option('param', {
      type: 'string',
      requiresArg: true,
      describe: 'Only these parameters: learningRate,reg',
      coerce: once<string>('--param'),
    })
    .option('stage', {
      type: 'string',
      requiresArg: true,
      describe: 'Only this stage, by name or by number from 1',
      coerce: once<string>('--stage'),
    })
    .option('metric', {
      type: 'string',
      requiresArg: true,
      describe: "Draw curves of this metric [default: the study's]",
      coerce: once<string>('--metric'),
    })
    .option('top', {
      type: 'string',
      requiresArg: true,
      describe: 'Only the best share of the trials: 0.1',
      coerce: once<string>('--top'),
    })
    .option('log', { type: 'boolean', default: false, describe: 'Logarithmic value axis' })
    .option('random', {
      type: 'boolean',
      default: false,
      describe: 'In history: add the best value expected in random order',
    })
    .option('by-epochs', {
      type: 'boolean',
      default: false,
      describe: 'In history: by epochs spent, not by trials',
    })
    .option('all', { type: 'boolean', default: false, describe: 'Show all parameters, however many' })
}

/** How it looks. */
function appearance<T>(yargs: Argv<T>) {
  return yargs
    .option('ascii', { type: 'boolean', default: false, describe: 'Use ASCII instead of braille' })
    .option('theme', {
      type: 'string',
      requiresArg: true,
      describe: 'SVG theme: auto, light or dark [default: auto]',
      coerce: once<string>('--theme'),
    })
    .option('width', {
      type: 'string',
      requiresArg: true,
      describe: 'Width in pixels (SVG) or columns (text)',
      coerce: wholeNumber('--width', 20),
    })
}
