import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestAlone, Farm, HELD } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** The lag of HELD, and the trials of its first stage. */
const LAG = 4
const COARSE = 24
/** Each of its trials then waits for the results of those more than the lag before it. */
const ADAPTIVE = ['--set', 'stages[0].sampler=tpe']

describe.skipIf(!HAS_REDIS)('a study whose trials learn from others has the digest of one process', () => {
  let redis: RedisServer
  let farm: Farm
  let alone = ''
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(HELD, ADAPTIVE)
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
  })
  afterEach(() => farm.close())

  test('where a host is slow: the other one goes on as far as the lag lets it', async () => {
    farm.holdOnly(8)
    const slow = farm.worker('slow', [], { env: { FINESWEEP_SLOW: '50' } })
    const run = farm.run(HELD, ADAPTIVE)
    await farm.holds(slow, 8)
    const fast = farm.worker('fast')
    await fast.said(`trial ${8 + LAG - 1}:`)
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
    expectLagIsKept()
  })

  test('where workers come and go while it runs', async () => {
    farm.holdFrom(6)
    const first = farm.worker('first')
    const run = farm.run(HELD, ADAPTIVE)
    await farm.holds(first, 6)
    const second = farm.worker('second', ['--slots', '3'])
    for (const trial of [7, 8, 9]) await farm.holds(second, trial)
    first.signal('SIGINT')
    await run.said('Worker first has left.')
    farm.holdFrom(16)
    // It lets its trial end.
    expect((await first.ended).code).toBe(130)
    await farm.holds(second, 16)
    // Room for all that the lag lets begin, so that none waits behind one that is held.
    const third = farm.worker('third', ['--slots', String(LAG)])
    await run.said(`Worker third joined with ${LAG} slots.`)
    second.signal('SIGINT')
    await second.said('Ctrl-C again stops at once.')
    // Its trials start again elsewhere, without a wait for their locks.
    second.signal('SIGINT')
    expect((await second.ended).code).toBe(130)
    await farm.holds(third, 16)
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
    expect(third.text()).toContain('trial 31:')
    expectLagIsKept()
  })

  test('where workers end by themselves once they are idle, but not while a trial runs', async () => {
    farm.holdOnly(8)
    const run = farm.run(HELD, ADAPTIVE)
    const busy = await farm.idleWorkerHolding(8)
    // The lag leaves it nothing to do; the other one has the same time.
    const idle = farm.worker('idle', ['--idle', '1'])
    const { code, stderr } = await idle.ended
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('No trial for 1 s; shutting down.')
    expect(busy.process.exitCode).toBeNull()
    farm.worker('steady')
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
    expect((await busy.ended).code).toBe(0)
    expectLagIsKept()
  })

  /** No trial of the first stage began before those had ended whose results it may see. */
  function expectLagIsKept(): void {
    const before = farm.endedBefore()
    for (let trial = LAG; trial < COARSE; trial++) {
      const ended = before.get(trial)!
      for (let seen = 0; seen <= trial - LAG; seen++) expect(ended, `trial ${trial}`).toContain(seen)
    }
  }
})
