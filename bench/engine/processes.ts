import { type ChildProcess, fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The built command. */
const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))
/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Starts `finesweep worker`, and waits until it is there. @param core the only one it may use; null for all */
export async function startWorker(
  url: string,
  name: string,
  slots: number,
  { core = null, root = ROOT }: { core?: number | null; root?: string } = {},
): Promise<ChildProcess> {
  const command = [process.execPath, MAIN, 'worker', url, '--root', root]
  const words = [...command, '--slots', String(slots), '--name', name]
  const [program, ...args] = core === null ? words : ['taskset', '-c', String(core), ...words]
  const worker = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  await outputOf(worker.stderr, 'for the studies at')
  return worker
}

/** Starts a worker of bare BullMQ. */
export async function startBareWorker(url: string, slots: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./bare-worker.ts', import.meta.url))
  const worker = fork(script, [url, String(slots)])
  await new Promise((resolve) => worker.once('message', resolve))
  return worker
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

/** Waits for a text, and reads on so that the process never waits for a reader. */
async function outputOf(stream: NodeJS.ReadableStream, wanted: string): Promise<void> {
  let text: string | null = ''
  await new Promise<void>((resolve, reject) => {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      if (text === null) return
      text += chunk
      if (!text.includes(wanted)) return
      text = null
      resolve()
    })
    stream.once('end', () => reject(new Error(`A process ended without saying "${wanted}": ${text}`)))
  })
}
