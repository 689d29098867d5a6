import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { parseCommandLine } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { LEAST_WIDTH, MOST_WIDTH, topHelp } from '../../src/cli/top-help.ts'

test('the quick help is the one that yargs lays out, at any width', async () => {
  for (let width = LEAST_WIDTH; width <= MOST_WIDTH; width++) {
    const terminal = { stdout: { columns: width }, stderr: {}, env: {} } as unknown as Terminal
    const help = await parseCommandLine(['--help'], terminal)
    expect(topHelp(COMMANDS, width)).toBe(String(help).trimEnd())
  }
})
