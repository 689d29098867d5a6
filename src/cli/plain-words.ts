import type { Argv } from 'yargs'

/** Stands before a word that is no option whatever it begins with: no argument of a process has this character. */
const MARK = '\0'
/** Stands where `--` was: an option before it must not take the word behind it for its value. */
const END = `--${MARK}`

/** A negative number, as `tell` takes it: yargs knows none with an exponent, and no -inf. */
const NEGATIVE = /^-(\d|\.\d|inf(inity)?$|nan$)/i

/**
 * Marks the words of a command line that yargs would take for options or leave out: all behind `--`, negative numbers,
 * and the column of `--sort -value`. `unmarkWords` gives the commands what was written.
 */
export function markWords(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  const before = end === -1 ? argv : argv.slice(0, end)
  const words = before.map((word, i) => {
    const isColumn = before[i - 1] === '--sort' && /^-[^-]/.test(word)
    return isColumn || NEGATIVE.test(word) ? MARK + word : word
  })
  return end === -1 ? words : [...words, END, ...argv.slice(end + 1).map((word) => MARK + word)]
}

/** Makes a parser read words that `markWords` has marked, before it checks them. */
export function unmarkWords(parser: Argv): Argv {
  return parser.option(MARK, { type: 'boolean', hidden: true }).middleware((args) => {
    for (const [name, value] of Object.entries(args)) args[name] = unmarked(value)
  }, true)
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked)
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value
}
