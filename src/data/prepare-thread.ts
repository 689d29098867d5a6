/** The thread of `prepareDataInThread`. */
import { parentPort, workerData } from 'node:worker_threads'
import { UserError } from '../errors.ts'
import { prepareData } from './prepare-data.ts'
import type { PrepareMessage, PrepareTask } from './prepare-in-thread.ts'

const { settings, cacheFolder } = workerData as PrepareTask
const say = (message: PrepareMessage): void => parentPort!.postMessage(message)

try {
  const data = await prepareData(settings, {
    onProgress: (step, done) => say({ kind: 'progress', step, done }),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
  })
  say({ kind: 'prepared', data })
} catch (error) {
  if (!(error instanceof UserError)) throw error
  const { code, message, hint, where } = error
  say({ kind: 'refused', error: { code, message, hint, where } })
}
