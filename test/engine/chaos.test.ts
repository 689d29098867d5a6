import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { chaosSeed, scaled, studyFile } from '../reliability/finesweep.ts'
import type { CommandProcess } from './commands.ts'
import { digestAlone, Farm } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const QUICK = studyFile('quick.yaml')
const SHORT = ['--set', 'stages[0].trials=24', '--set', 'stages[1].trials=8']
const LOCK = ['--engine-lock', '1']

describe.skipIf(!HAS_REDIS)('studies on workers', () => {
  let redis: RedisServer
  let alone = ''
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(QUICK, SHORT)
  })
  afterAll(() => redis.stop())

  test('keep their digest through random kills, pauses and restarts', async () => {
    const seed = chaosSeed()
    const generator = fastGenerator(['engine', seed])
    for (let study = 0; study < scaled(1, 200); study++) {
      const farm = new Farm(redis.url)
      const run = await disturb(farm, redis, generator)
      expect(await farm.digest(run), `seed ${seed}, study ${study}`).toBe(alone)
      await farm.close()
    }
  }, 10_800_000)
})

/** Runs a study to its end while its workers, its orchestrator and its server are killed, paused and restarted. */
async function disturb(
  farm: Farm,
  redis: RedisServer,
  generator: ReturnType<typeof fastGenerator>,
): Promise<CommandProcess> {
  const workers: CommandProcess[] = []
  // One that began while the server was away would have ended.
  const addWorker = async (): Promise<void> => {
    const worker = farm.worker(`worker-${workers.length}`, ['--slots', '2'])
    await worker.said('for the studies at')
    workers.push(worker)
  }
  await addWorker()
  await addWorker()
  let run = farm.run(QUICK, [...SHORT, ...LOCK])
  for (let faults = 0; faults < 4; faults++) {
    const pause = new Promise((resolve) => setTimeout(resolve, 200 + 1500 * generator.next()))
    if (await Promise.race([run.ended.then(() => true), pause.then(() => false)])) break
    const fault = generator.below(4)
    const victim = workers[generator.below(workers.length)]!
    if (fault === 0) {
      victim.signal('SIGKILL')
      await addWorker()
    } else if (fault === 1) {
      victim.signal('SIGSTOP')
      setTimeout(() => victim.signal('SIGCONT'), 1500)
    } else if (fault === 2) {
      await redis.restart()
    } else {
      run.signal('SIGKILL')
      await run.ended
      run = await again(farm)
    }
  }
  // As a user would: a server that was away at its start has ended it.
  while ((await run.ended).code === 7) run = await again(farm)
  return run
}

/** Starts the study again where it was left. */
async function again(farm: Farm): Promise<CommandProcess> {
  const begun = (await farm.start(['status', '--db', farm.db]).ended).code === 0
  return begun ? farm.resume(LOCK) : farm.run(QUICK, [...SHORT, ...LOCK])
}
