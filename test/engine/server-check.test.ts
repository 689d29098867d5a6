import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { readEngineAddress } from '../../src/engine/engine-address.ts'
import { checkServer } from '../../src/engine/server-check.ts'
import { digestAlone, Farm, HELD } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const ADDRESS = readEngineAddress('redis://head', 'test')
const EVICTS = ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']
const RESTRICTED = ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', '-info', '-config']

/** What is said of a server that says this of itself. */
async function saidOf(info: string | Error): Promise<string[]> {
  const says: string[] = []
  const answer = async (): Promise<string> => {
    if (info instanceof Error) throw info
    return info
  }
  await checkServer({ info: answer } as unknown as Redis, ADDRESS, (sentence) => says.push(sentence))
  return says
}

test.each(['allkeys-lru', 'volatile-ttl'])(
  'a server that evicts keys by %s is named with the way out',
  async (policy) => {
    const said = await saidOf(`redis_version:7.0.15\r\nmaxmemory:1048576\r\nmaxmemory_policy:${policy}\r\n`)
    expect(said).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Warning: the engine redis://head .* is ${policy}; .*CONFIG SET maxmemory-policy noeviction`,
        ),
      ),
    ])
  },
)

test.each([
  ['never evicts', 'redis_version:7.0.15\r\nmaxmemory:1048576\r\nmaxmemory_policy:noeviction\r\n'],
  ['has no limit', 'redis_version:7.0.15\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n'],
  ['does not say', 'redis_version:7.0.15\r\n'],
  ['may not be asked', new Error('NOPERM')],
])('nothing is said of a server that %s', async (_, info) => {
  expect(await saidOf(info)).toEqual([])
})

test('a server without streams is refused with its version', async () => {
  await expect(saidOf('redis_version:4.0.9\r\n')).rejects.toThrow(
    'The engine redis://head must be Redis 5 or later, got 4.0.9',
  )
})

describe.skipIf(!HAS_REDIS)('a study and its worker', () => {
  let redis: RedisServer
  let farm: Farm
  const start = async (words: readonly string[]): Promise<void> => {
    redis = await startRedis(words)
    farm = new Farm(redis.url)
  }
  afterEach(async () => {
    await farm.close()
    await redis.stop()
  })

  test('are warned once each of a server that evicts keys, in no other words, and go on', async () => {
    await start(EVICTS)
    const worker = farm.worker('only')
    const run = farm.run(HELD)
    expect(await farm.digest(run)).toBe(await digestAlone(HELD))
    for (const { text } of [worker, run]) {
      expect(text().match(/maxmemory-policy is allkeys-lru/g)).toHaveLength(1)
      expect(text()).not.toContain('IMPORTANT')
    }
  })

  test('are warned again when a restart has brought the policy back', async () => {
    await start(EVICTS)
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'noeviction')
    client.disconnect()
    farm.holdFrom(8)
    const worker = farm.worker('only')
    const run = farm.run(HELD)
    await farm.holds(worker)
    expect(run.text() + worker.text()).not.toContain('allkeys-lru')
    await redis.restart()
    for (const each of [run, worker]) await each.said('maxmemory-policy is allkeys-lru')
  })

  test('run where neither INFO nor CONFIG is allowed', async () => {
    await start([...EVICTS, ...RESTRICTED])
    farm.worker('only')
    expect((await farm.run(HELD).ended).code).toBe(0)
  })
})
