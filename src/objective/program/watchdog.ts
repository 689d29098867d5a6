import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Reads `+GROUP` and `-GROUP` from the one who started it, and once that one is gone, for whatever reason, ends the
 * process groups that are left.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) left=
       for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
       groups=$left ;;
  esac
done
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done
`

let watchdog: ChildProcess | null = null

/**
 * Has a process group ended when this process is gone, even if it is killed so that no handler of its own runs: a
 * shell of a few lines waits for that. Call the returned function when the group has ended.
 */
export function watchGroup(group: number): () => void {
  if (process.platform === 'win32') return () => {}
  watchdog ??= startWatchdog()
  tell(`+ ${group}\n`)
  return () => tell(`- ${group}\n`)
}

function startWatchdog(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  // Without it a killed process leaves its programs to the next resume.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  return child
}

function tell(line: string): void {
  if (watchdog?.stdin?.writable === true) watchdog.stdin.write(line)
}
