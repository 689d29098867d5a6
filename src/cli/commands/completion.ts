import { basename } from 'node:path'
import { defineCommand } from '../command.ts'
import { completionScript, SHELLS } from '../completion.ts'
import { print } from '../terminal.ts'

/** `finesweep completion [SHELL]`: prints the script that completes commands and options. */
export default defineCommand({
  options: (yargs) =>
    yargs
      .positional('shell', {
        type: 'string',
        choices: SHELLS,
        describe: 'The shell; by default the one in $SHELL',
      })
      .example('source <(finesweep completion bash)', 'now, or in ~/.bashrc')
      .example('finesweep completion fish > ~/.config/fish/completions/finesweep.fish', ''),

  run: async (args, terminal, commands) => {
    const own = basename(terminal.env.SHELL ?? '')
    const shell = args.shell ?? SHELLS.find((known) => known === own) ?? 'bash'
    await print(terminal, await completionScript(shell, commands))
  },
})
