import { UserError } from '../errors.ts'

export type BullMQ = typeof import('bullmq')
export type IORedis = Pick<typeof import('ioredis'), 'Redis'>

/**
 * The queue's libraries, which are not installed with finesweep: who uses one machine does not need them.
 * @throws UserError('engine') saying how to install them
 */
export async function loadQueueLibrary(): Promise<{ readonly bullmq: BullMQ; readonly ioredis: IORedis }> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bullmq, ioredis }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UserError(
      'engine',
      'An engine needs the packages bullmq and ioredis, which are not installed',
      {
        hint: 'Install them alongside finesweep: npm install bullmq ioredis',
        cause: error,
      },
    )
  }
}
