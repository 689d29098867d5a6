import type { ArgumentsCamelCase, Argv } from 'yargs'
import type { Terminal } from './terminal.ts'

/** One command: the default export of its file. */
export interface Command<Args = object> {
  /** Adds the command's options and positionals. */
  options(yargs: Argv): Argv<Args>
  /**
   * Does it.
   * @param commands all commands, for one that is about them
   * @returns the exit code; nothing for 0. A UserError becomes a sentence and its exit code.
   */
  run(
    args: ArgumentsCamelCase<Args>,
    terminal: Terminal,
    commands: readonly CommandEntry[],
  ): Promise<number | undefined> | Promise<void>
}

/** Gives `run` its arguments' types from `options`. */
export function defineCommand<Args>(command: Command<Args>): Command<Args> {
  return command
}

/** A line of the command table. */
export interface CommandEntry {
  /** The name and its positionals, as yargs reads them: `show <study> [trial]`. */
  readonly usage: string
  /** What `finesweep --help` shows in its place, where yargs can't read it: no longer than `usage`. */
  readonly shown?: string
  /** One line for `finesweep --help`. */
  readonly describe: string
  /** Loads the command's file; called only when the command is used. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has arguments of its own, known to its file alone
  load(): Promise<{ readonly default: Command<any> }>
}
