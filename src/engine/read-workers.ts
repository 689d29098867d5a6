import { connectEngine } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { EngineKeys, PRESENCE_SECONDS, type WorkerPresence } from './protocol.ts'
import { loadQueueLibrary } from './queue-library.ts'

/** A worker that is there, and how long ago it last said so. */
export interface SeenWorker extends WorkerPresence {
  /** By the server's clock alone. */
  readonly seenSecondsAgo: number
}

/** The workers at an engine, by name. @throws UserError('engine') if it cannot be reached */
export async function readWorkers(address: EngineAddress, prefix: string): Promise<SeenWorker[]> {
  const libraries = await loadQueueLibrary()
  const redis = await connectEngine(libraries, address, { onLost: () => {}, onBack: () => {}, say: () => {} })
  try {
    const keys = new EngineKeys(prefix)
    const names = (await redis.smembers(keys.workers)).sort()
    const seen: SeenWorker[] = []
    for (const name of names) {
      const [text, left] = await Promise.all([redis.get(keys.worker(name)), redis.pttl(keys.worker(name))])
      if (text === null) continue
      const seenSecondsAgo = Math.max(0, PRESENCE_SECONDS - left / 1000)
      seen.push({ ...(JSON.parse(text) as WorkerPresence), seenSecondsAgo })
    }
    return seen
  } finally {
    redis.disconnect()
  }
}
