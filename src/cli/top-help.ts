import type { CommandEntry } from './command.ts'

/** Windows narrower than this get the help that yargs lays out. */
export const LEAST_WIDTH = 80
/** Longer lines are hard to read. */
export const MOST_WIDTH = 100

export const USAGE = 'A coarse-to-fine hyperparameter search.\n\nUsage: finesweep <command>'

export const EPILOGUE =
  'STUDY defaults to the latest. Results go to stdout, everything else to stderr.\n' +
  'Exit codes: 0 done, 1 a bug (replay: a difference), 2 invalid usage or study file, 3 no trial succeeded, 4 no trial to hand out, 5 no such study or trial, ' +
  '6 the store cannot be used, 7 the engine cannot be reached, 130 and 143 stopped by a signal.'

/**
 * What `finesweep --help` prints, as yargs lays it out, without loading yargs: that alone would double the time.
 * @param width of the window, from LEAST_WIDTH to MOST_WIDTH
 */
export function topHelp(commands: readonly CommandEntry[], width: number): string {
  const names = commands.map(({ usage, shown }) => `  finesweep ${shown ?? usage}`)
  const column = Math.max(...names.map((name) => name.length)) + 2
  const lines = commands.flatMap(({ describe }, i) => {
    const [first, ...rest] = wrapWords(describe, width - column)
    return [names[i]!.padEnd(column) + first, ...rest.map((line) => ' '.repeat(column) + line)]
  })
  const options = ['      --version  Print the version', '  -h, --help     Print this help']
  const end = EPILOGUE.split('\n').flatMap((text) => wrapWords(text, width))
  return [USAGE, '', 'Commands:', ...lines, '', 'Options:', ...options, '', ...end].join('\n')
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
