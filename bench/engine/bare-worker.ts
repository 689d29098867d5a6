/** A worker process of bare BullMQ: jobs that report five times and return a small value. */
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'

const [url, concurrency] = process.argv.slice(2)
const connection = new Redis(url!, { maxRetriesPerRequest: null })
const worker = new Worker(
  'bare',
  async (job) => {
    for (let step = 1; step <= 5; step++) {
      await job.updateProgress({ step, value: job.data.x / step, loss: job.data.x, accuracy: 1 - job.data.x })
    }
    return { value: job.data.x }
  },
  { connection, concurrency: Number(concurrency) },
)
await worker.waitUntilReady()
process.send?.('ready')
