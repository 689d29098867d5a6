import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { packageFile, RUNS_FROM_SOURCE } from '../../package-files.ts'

/** Seconds that the page stays after the study has ended and nobody reads it any more. */
const LINGER_S = 60

/**
 * Starts the live page of a study in a process of its own: the run never waits for it, and goes on without it.
 * @param tell called with a sentence: where the page is, or why there is none
 */
export function startLiveChild(db: string, study: string, tell: (sentence: string) => void): void {
  const entry = fileURLToPath(packageFile(RUNS_FROM_SOURCE ? 'src/cli/main.ts' : 'dist/bin/finesweep.cjs'))
  const words = [entry, 'serve', study, '--db', db, '--json', '--quiet', '--linger', String(LINGER_S)]
  // A group of its own: Ctrl-C in the terminal stops the run, and the page shows how it ended.
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => {
    text += String(bytes)
    if (!text.includes('\n')) return
    const { url } = JSON.parse(text) as { url: string }
    tell(`Live page: ${url}`)
    child.stdout.destroy()
    child.unref()
  })
  child.on('error', () => tell('The live page could not be started; the study continues.'))
  child.on('exit', (code) => {
    if (code !== 0 && text === '') tell('The live page could not be started; the study continues.')
  })
  // Neither the child nor its pipe keeps the run alive.
  child.unref()
  ;(child.stdout as unknown as { unref?: () => void }).unref?.()
}
