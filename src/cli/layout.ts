import { countOf } from '../report/numbers.ts'
import type { RenderedTable, TableLayout } from '../report/table.ts'
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
export async function printTable(terminal: Terminal, table: RenderedTable, quiet: boolean): Promise<void> {
  await print(terminal, table.text)
  if (table.hidden.length === 0 || quiet) return
  const names = table.hidden.slice(0, 4).map((name) => name.toLowerCase())
  if (table.hidden.length > 4) names.push('…')
  const count = countOf(table.hidden.length, 'column does', 'columns do')
  say(terminal, `${count} not fit into the window (${names.join(', ')}): widen it, or add --json.`)
}
