import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a program of this folder as a process of its own. */
export function startChild(program: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./${program}.ts`, import.meta.url))
  return fork(path, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

/** The child's next message; throws if it ends without one. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const settled = new AbortController()
  const { signal } = settled
  const gone = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`The child ended (${code}) without a message.`)
  })
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), gone])) as [T]
    return message
  } finally {
    gone.catch(() => {})
    settled.abort()
  }
}

/** Tells the child something and waits for its answer. */
export function ask<T>(child: ChildProcess, message: string): Promise<T> {
  const answer = nextMessage<T>(child)
  child.send(message)
  return answer
}

/** The exit code; null if a signal ended it. */
export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
