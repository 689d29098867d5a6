import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { UserError, type UserErrorDetails } from '../errors.ts'
import { threadEntry } from '../package-files.ts'
import { type DataSettings, dataPath } from './data-config.ts'
import type { PrepareOptions } from './prepare-data.ts'
import type { PreparedData } from './prepared.ts'

/** What the thread is given. */
export interface PrepareTask {
  readonly settings: DataSettings
  readonly cacheFolder: string | undefined
}

/** What it says: progress any number of times, then one of the others. */
export type PrepareMessage =
  | { readonly kind: 'progress'; readonly step: string; readonly done: number }
  | { readonly kind: 'prepared'; readonly data: PreparedData }
  | { readonly kind: 'refused'; readonly error: Pick<UserError, 'code' | 'message' | 'hint' | 'where'> }

/** Above this many bytes reading and hashing take long enough that a person may want to stop. */
const LARGE_BYTES = 32e6

/** Whether the preparation may take so long that the caller's thread should stay free for signals meanwhile. */
export function takesLong({ data, preprocess }: DataSettings): boolean {
  if (preprocess.pca !== undefined) return true
  const path = dataPath(data)
  if (path === null || !existsSync(path)) return false
  const { size } = statSync(path)
  if (!statSync(path).isDirectory()) return size > LARGE_BYTES
  const sizes = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => statSync(join(path, name)).size)
  return sizes.reduce((sum, bytes) => sum + bytes, 0) > LARGE_BYTES
}

/** The preparation was given up because its signal was aborted. */
export class PreparationStopped extends Error {
  override readonly name = 'PreparationStopped'
}

/**
 * `prepareData` in a separate thread: it can take half a minute of one core, while this thread handles signals and
 * tells how far it is. The data lie in shared memory, so that handing them over costs nothing.
 * @throws UserError as `prepareData` does; PreparationStopped once the signal is aborted
 */
export async function prepareDataInThread(
  settings: DataSettings,
  { onProgress, cacheFolder, signal }: PrepareOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<PreparedData> {
  const task: PrepareTask = { settings, cacheFolder }
  const thread = new Worker(threadEntry('data/prepare-thread'), { workerData: task })
  const { promise, resolve, reject } = Promise.withResolvers<PreparedData>()
  const stop = (): void => reject(new PreparationStopped('stopped while the data were prepared'))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  thread.on('message', (message: PrepareMessage) => {
    if (message.kind === 'progress') onProgress?.(message.step, message.done)
    else if (message.kind === 'prepared') resolve(message.data)
    else reject(userError(message.error))
  })
  thread.on('error', reject)
  thread.on('exit', (code) =>
    reject(new Error(`the thread that prepares the data ended with status ${code}`)),
  )
  try {
    return await promise
  } finally {
    signal?.removeEventListener('abort', stop)
    await thread.terminate()
  }
}

/** Errors lose their class on the way between threads. */
function userError({
  code,
  message,
  hint,
  where,
}: Pick<UserError, 'code' | 'message'> & UserErrorDetails): UserError {
  return new UserError(code, message, { hint, where })
}
