import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

/** A `finesweep worker` process of the built command. */
export interface WorkerProcess {
  readonly process: ChildProcess
  /** What it has said so far. */
  text(): string
  /** Resolves once it has said this. */
  said(text: string): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Its exit code or signal. */
  readonly ended: Promise<number | string>
}

export function startWorker(url: string, root: string, words: readonly string[] = []): WorkerProcess {
  const child = spawn(process.execPath, [MAIN, 'worker', url, '--root', root, ...words], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let text = ''
  const waiting = new Set<{ readonly text: string; readonly resolve: () => void }>()
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    for (const each of waiting) if (text.includes(each.text)) each.resolve()
  })
  return {
    process: child,
    text: () => text,
    said(wanted) {
      if (text.includes(wanted)) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.add({ text: wanted, resolve })
        child.once('exit', () => reject(new Error(`The worker ended without saying "${wanted}":\n${text}`)))
      })
    },
    signal: (name) => child.kill(name),
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal!))),
  }
}
