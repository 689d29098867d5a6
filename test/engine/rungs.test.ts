import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestAlone, Farm, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** Trials fail, and run again behind those that wait for them at a rung. */
const AGAIN = path.join(ROOT, 'test/engine/studies/again.yaml')

let redis: RedisServer
let farm: Farm

describe.skipIf(!HAS_REDIS)('a study with rungs on a worker', () => {
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
  })
  afterEach(() => farm.close())

  test('goes on though all slots have trials that wait for one that must run again', async () => {
    farm.worker('only')
    expect(await farm.digest(farm.run(AGAIN))).toBe(await digestAlone(AGAIN))
  })
})
