import { Queue, QueueEvents } from 'bullmq'
import { Redis } from 'ioredis'
import { end, startBareWorker } from './processes.ts'

/** @returns how many jobs with five reports bare BullMQ does a second, from adding them all to the last result */
export async function bareRate(url: string, jobs: number, processes: number, slots: number): Promise<number> {
  const workers = await Promise.all(Array.from({ length: processes }, () => startBareWorker(url, slots)))
  const connect = (): Redis => new Redis(url, { maxRetriesPerRequest: null })
  const connections = [connect(), connect()] as const
  const queue = new Queue('bare', {
    connection: connections[0],
    defaultJobOptions: { removeOnComplete: true },
  })
  const events = new QueueEvents('bare', { connection: connections[1] })
  await events.waitUntilReady()
  let completed = 0
  const done = new Promise<void>((resolve) => {
    // Somebody reads the reports, as the orchestrator does.
    events.on('progress', () => {})
    events.on('completed', () => {
      if (++completed === jobs) resolve()
    })
  })
  const began = performance.now()
  await queue.addBulk(Array.from({ length: jobs }, (_, i) => ({ name: 'job', data: { x: i / jobs } })))
  await done
  const seconds = (performance.now() - began) / 1000
  await Promise.all(workers.map((worker) => end(worker)))
  await queue.obliterate({ force: true })
  await Promise.all([queue.close(), events.close()])
  // BullMQ does not close what it was given.
  for (const connection of connections) connection.disconnect()
  return jobs / seconds
}
