import { hiddenColumnsLine, type RenderedTable, type TableLayout } from '../report/table.ts'
import { wrap } from '../report/text.ts'
import { hasColour, print, say, type Terminal } from './terminal.ts'

/** How tables are laid out on stdout: to the window's width if there is a window, else as wide as they are. */
export function tableLayout(terminal: Terminal): TableLayout {
  const { stdout, env } = terminal
  return { width: stdout.isTTY ? (stdout.columns ?? 80) : null, colour: hasColour(stdout, env) }
}

/** How wide text for people may be on stdout. */
export function textWidth({ stdout }: Terminal): number {
  return stdout.isTTY ? (stdout.columns ?? 80) : 120
}

/** Prints a table, and says on stderr which columns the window has no room for. */
export async function printTable(
  terminal: Terminal,
  table: RenderedTable,
  quiet: boolean,
  way = 'add --json',
): Promise<void> {
  await print(terminal, table.text)
  const line = hiddenColumnsLine(table, way)
  if (line !== '' && !quiet) sayWrapped(terminal, line)
}

/** Says a sentence on stderr in lines that its window has room for: a terminal would break them within a word. */
export function sayWrapped(terminal: Terminal, sentence: string): void {
  const { stderr } = terminal
  const width = stderr.isTTY === true ? (stderr.columns ?? 80) : Number.POSITIVE_INFINITY
  say(terminal, wrap(sentence, width).join('\n'))
}

/** What `best` and `trials` say of columns that do not fit. */
export const CHOOSE_COLUMNS = 'choose with --columns'
