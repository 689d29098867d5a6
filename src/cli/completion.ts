import yargs from 'yargs'
import type { CommandEntry } from './command.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

interface Completed {
  readonly name: string
  readonly describe: string
  /** `--workers`, `--set`, ... */
  readonly options: readonly string[]
}

/** The script that teaches a shell the commands and their options; files are completed where no word fits. */
export async function completionScript(shell: Shell, commands: readonly CommandEntry[]): Promise<string> {
  const completed = await Promise.all(commands.map(completedCommand))
  switch (shell) {
    case 'bash':
      return bash(completed)
    case 'zsh':
      return `#compdef finesweep\nautoload -U +X bashcompinit && bashcompinit\n${bash(completed)}`
    case 'fish':
      return fish(completed)
  }
}

async function completedCommand({ usage, describe, load }: CommandEntry): Promise<Completed> {
  const { default: command } = await load()
  const help = await command.options(yargs().locale('en').wrap(null)).getHelp()
  const options = [...help.matchAll(/^ +(?:-\w, )?(--[a-z][\w-]*)/gm)].map(([, option]) => option!)
  return { name: usage.split(' ')[0]!, describe, options: [...new Set([...options, '--help'])] }
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`)
  return `_finesweep() {
  local words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(' ')} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _finesweep finesweep
`
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
  const lines = commands.flatMap(({ name, describe, options }) => [
    `complete -c finesweep -n __fish_use_subcommand -f -a ${name} -d ${quoted(describe)}`,
    ...options.map(
      (option) => `complete -c finesweep -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
