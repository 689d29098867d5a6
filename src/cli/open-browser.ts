import { spawn } from 'node:child_process'
import { say, type Terminal } from './terminal.ts'

/** Opens a file or an address in the user's browser. If there is none, that is said, and nothing fails. */
export function openInBrowser(target: string, terminal: Terminal): void {
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open', target]
      : process.platform === 'win32'
        ? ['explorer.exe', target]
        : ['xdg-open', target]
  const child = spawn(command!, words, { detached: true, stdio: 'ignore' })
  child.on('error', () => say(terminal, `Could not open a browser. Open ${target} yourself.`))
  child.unref()
}
