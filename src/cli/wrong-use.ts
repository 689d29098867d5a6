import { UserError } from '../errors.ts'
import { closestName } from '../text/closest-name.ts'

/** A command line that yargs refuses, with the help text of the command, which names what would have been right. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
  readonly help: string

  constructor(message: string, help: string) {
    super(message)
    this.help = help
  }
}

/** What `error` says as a sentence with a way out, if it is about wrong use; else the error itself. */
export function explainWrongUse(
  error: unknown,
  argv: readonly string[],
  commands: readonly string[],
): unknown {
  // What `coerce` throws arrives wrapped in a YError, as do some of yargs' own complaints.
  const isYargs = error instanceof WrongUse || (error instanceof Error && error.name === 'YError')
  if (!isYargs) return error
  const command = commands.find((name) => name === argv[0])
  const hint = `See: finesweep ${command === undefined ? '' : `${command} `}--help`
  const missing = /^Not enough arguments following: (.*)$/.exec(error.message)?.[1]
  if (missing !== undefined) return new UserError('usage', `${dashed(missing)} needs a value`, { hint })
  if (error.message.startsWith('Not enough non-option arguments')) {
    return new UserError('usage', 'An argument is missing', { hint })
  }
  const [, name, given, choices] = /^ *Argument: (.+), Given: (.*), Choices: (.*)$/m.exec(error.message) ?? []
  if (name !== undefined) {
    const isOption = argv.some((word) => word.split('=')[0] === `--${name}`)
    const rule = `must be ${choices!.replaceAll('"', '').replace(/, ([^,]+)$/, ' or $1')}, got ${given}`
    return new UserError('usage', `${isOption ? dashed(name) : name.toUpperCase()} ${rule}`, { hint })
  }
  const unknown = /^Unknown arguments?: (.*)$/.exec(error.message)?.[1]?.split(', ')[0]
  if (unknown === undefined) return new UserError('usage', error.message, { hint })
  const isOption = argv.some((word) => /^-/.test(word) && word.replace(/^--?/, '').split('=')[0] === unknown)
  if (!isOption) return new UserError('usage', `Unknown argument ${JSON.stringify(unknown)}`, { hint })
  const known = error instanceof WrongUse ? (error.help.match(/--[\w-]+/g) ?? []) : []
  const likely = closestName(dashed(unknown), known)
  return new UserError('usage', `Unknown option ${dashed(unknown)}`, {
    hint: likely === undefined ? hint : `Did you mean ${likely}?`,
  })
}

/** @throws UserError('usage') if the command line does not begin with a command or an option */
export function checkCommand(argv: readonly string[], commands: readonly string[]): void {
  const first = argv[0]
  const all = 'All commands: finesweep --help'
  if (first === undefined || first === '--')
    throw new UserError('usage', 'No command was given', { hint: all })
  if (first.startsWith('-') || commands.includes(first)) return
  const likely = closestName(first, commands)
  throw new UserError('usage', `Unknown command ${JSON.stringify(first)}`, {
    hint: likely === undefined ? all : `Did you mean ${JSON.stringify(likely)}?`,
  })
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}
