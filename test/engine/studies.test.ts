import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { studyFile } from '../reliability/finesweep.ts'
import { digestAlone, Farm } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const QUICK = studyFile('quick.yaml')
const SHORT = ['--set', 'stages[0].trials=24', '--set', 'stages[1].trials=8']

let redis: RedisServer
let farm: Farm

describe.skipIf(!HAS_REDIS)('a study on workers', () => {
  let alone = ''
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(QUICK, SHORT)
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
  })
  afterEach(() => farm.close())

  test.for([
    ['one worker of eight slots', '0', ['8']],
    ['four workers', '0', ['1', '2', '1', '3']],
    ['a worker and local threads', '2', ['2']],
  ] as const)('has the digest of one process: %s', async ([, local, slots]) => {
    for (const [i, count] of slots.entries()) farm.worker(`worker-${i}`, ['--slots', count])
    expect(await farm.digest(farm.run(QUICK, [...SHORT, '--workers', local]))).toBe(alone)
  })
})
