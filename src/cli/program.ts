import yargs, { type Argv } from 'yargs'
import { codeVersion } from '../code-version.ts'
import type { Command, CommandEntry } from './command.ts'
import { COMMANDS } from './commands.ts'
import { reportFailure } from './failure.ts'
import { markWords, unmarkWords } from './plain-words.ts'
import { print, type Terminal } from './terminal.ts'
import { EPILOGUE, MOST_WIDTH, USAGE } from './top-help.ts'
import { checkCommand, explainWrongUse, WrongUse } from './wrong-use.ts'

/** Runs the process's own command line and sets its exit code; the process ends when its streams are drained. */
export async function runMain(): Promise<void> {
  // A stream without a listener throws where nobody can catch it. Who prints results learns of it by the callback,
  // and an unread message is no reason to exit.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const terminal: Terminal = { stdout: process.stdout, stderr: process.stderr, env: process.env }
  process.exitCode = await runCommandLine(process.argv.slice(2), terminal)
  endWithin(MOST_LEFT_MS)
}

/** How long a thread that is stuck in native code may hold the process after its command has ended. */
const MOST_LEFT_MS = 1_000

/** Ends the process if something still holds it then, once all output is written. */
function endWithin(limitMs: number): void {
  const end = (): void => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) {
      endWithin(limitMs)
      return
    }
    const code = Number(process.exitCode ?? 0)
    // process.exit waits for every thread, also for one that never comes back; another program in its place does not.
    process.removeAllListeners('warning')
    if (process.platform !== 'win32') process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {})
    process.exit(code)
  }
  setTimeout(end, limitMs).unref()
}

/** Runs one command line. Never throws: whatever goes wrong is said on stderr. @returns the exit code */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const names = COMMANDS.map(commandName)
  try {
    checkCommand(argv, names)
    const parsed = await parseCommandLine(argv, terminal)
    if (typeof parsed === 'function') return (await parsed()) ?? 0
    await print(terminal, `${parsed.trimEnd()}\n`)
    return 0
  } catch (error) {
    return reportFailure(explainWrongUse(error, argv, names), terminal)
  }
}

type Run = () => ReturnType<Command['run']>

/** What to run; a text if the command line asked for its help or the version. */
type Parsed = Run | string

/** The way out of yargs with what it has read. */
class Chosen extends Error {
  readonly run: Run

  constructor(run: Run) {
    super('a command was chosen')
    this.run = run
  }
}

/**
 * Reads a command line without running it, so that what a command throws never passes through yargs.
 * @throws WrongUse, or what a `coerce` throws, if a command, an option or its value is not right
 */
export async function parseCommandLine(argv: readonly string[], terminal: Terminal): Promise<Parsed> {
  let text = ''
  let parser = unmarkWords(configure(yargs(), terminal))
  // Only the command that is used is made known: the others would cost the quick ones a tenth of their time.
  const used = COMMANDS.filter((entry) => commandName(entry) === argv[0])
  for (const entry of used.length > 0 ? used : COMMANDS) {
    let command: Command
    parser = parser.command(
      entry.usage,
      entry.describe,
      async (builder: Argv) => {
        command = (await entry.load()).default
        return command.options(builder)
      },
      (args) => {
        // Thrown, because after a handler that returns yargs lays out the whole help, which takes as long as a query.
        throw new Chosen(() => command.run(args, terminal, COMMANDS))
      },
    )
  }
  try {
    await parser.parseAsync(markWords(argv), {}, (_error, _args, output) => {
      text = output
    })
  } catch (error) {
    if (error instanceof Chosen) return error.run
    throw error
  }
  return tidyHelp(text)
}

function tidyHelp(text: string): string {
  // That a switch is off by default is not worth printing.
  let tidy = text.replace(/ +\[default: false\]$/gm, '')
  for (const { usage, shown } of COMMANDS) {
    if (shown !== undefined)
      tidy = tidy.replace(`finesweep ${usage} `, `finesweep ${shown.padEnd(usage.length)} `)
  }
  return tidy
}

function configure(parser: Argv, terminal: Terminal): Argv {
  const configured = parser
    .scriptName('finesweep')
    .usage(USAGE)
    .locale('en')
    .parserConfiguration({ 'dot-notation': false, 'parse-positional-numbers': false, 'parse-numbers': false })
    .exitProcess(false)
    .strict()
    .demandCommand(1, 1, 'No command was given')
    .showHelpOnFail(false)
    .version(codeVersion())
    .describe('version', 'Print the version')
    .help()
    .alias('h', 'help')
    .describe('help', 'Print this help')
    .wrap(Math.min(terminal.stdout.columns ?? 80, MOST_WIDTH))
    .epilogue(EPILOGUE)
    .fail((message, error, failed) => {
      if (error) throw error
      // At run time this is yargs' usage object, whose `help()` is the help text.
      throw new WrongUse(message, String(failed.help()))
    })
  return hideTypes(configured)
}

/** Leaves `[string]` and `[boolean]` out of the help. Newer than the types of yargs. */
function hideTypes(parser: Argv): Argv {
  const configurable = parser as Argv & { usageConfiguration(options: { 'hide-types': boolean }): Argv }
  return configurable.usageConfiguration({ 'hide-types': true })
}

function commandName(entry: CommandEntry): string {
  return entry.usage.split(' ')[0]!
}
