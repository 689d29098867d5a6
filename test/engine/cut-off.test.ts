import { spawnSync } from 'node:child_process'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestAlone, Farm, HELD } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const NAME = `finesweep-${process.pid}`
/** The ends of a cable: ours, and that of the host that is cut off. */
const OURS = `fsa${process.pid}`
const THEIRS = `fsb${process.pid}`
const NETWORK = `10.213.${process.pid % 250}`
const HOST = `${NETWORK}.1`

const CHECKS_IN_A_LOCK_TIME = 2

function ip(...words: string[]): boolean {
  return spawnSync('ip', words).status === 0
}

/** A network of two hosts, ours and a namespace; false where this user may not make one. */
function lay(): boolean {
  return (
    ip('netns', 'add', NAME) &&
    ip('link', 'add', OURS, 'type', 'veth', 'peer', 'name', THEIRS, 'netns', NAME) &&
    ip('addr', 'add', `${HOST}/24`, 'dev', OURS) &&
    ip('link', 'set', OURS, 'up') &&
    ip('-n', NAME, 'addr', 'add', `${NETWORK}.2/24`, 'dev', THEIRS) &&
    ip('-n', NAME, 'link', 'set', THEIRS, 'up')
  )
}

/** At their end: our address, at which the server listens, goes with our end. */
function cable(state: 'up' | 'down'): void {
  ip('-n', NAME, 'link', 'set', THEIRS, state)
}

function remove(): void {
  ip('link', 'del', OURS)
  ip('netns', 'del', NAME)
}

const HAS_NETWORK = HAS_REDIS && lay()
if (!HAS_NETWORK) {
  remove()
  process.stderr.write('skipped: no network namespace can be made here, no worker is cut off\n')
}

describe.skipIf(!HAS_NETWORK)(
  'a study, one of whose three hosts is cut off in the middle of a trial,',
  () => {
    let redis: RedisServer
    let farm: Farm
    let alone = ''
    beforeAll(async () => {
      redis = await startRedis(['--bind', HOST, '--protected-mode', 'no', '--notify-keyspace-events', 'KA'])
      alone = await digestAlone(HELD)
    })
    afterAll(async () => {
      await redis.stop()
      remove()
    })
    beforeEach(() => {
      farm = new Farm(redis.url.replace('127.0.0.1', HOST))
      farm.holdOnly(8, 23)
    })
    afterEach(() => farm.close())

    test.for([
      ['for ever', false],
      ['until its trial runs elsewhere', true],
    ] as const)('goes on within two lock times: %s', async ([, comesBack]) => {
      cable('up')
      const far = farm.worker('far', [], { before: ['ip', 'netns', 'exec', NAME] })
      const run = farm.run(HELD, ['--engine-lock', '2'])
      await farm.holds(far, 8)
      const near = ['near', 'nearer'].map((name) => farm.worker(name))
      for (const worker of near) await worker.said('Joined study')
      const takeOver = await watchTakeOver(8)
      cable('down')
      expect(await takeOver.checks).toBeLessThanOrEqual(2 * CHECKS_IN_A_LOCK_TIME)
      const isElsewhere = (): boolean => near.some((worker) => farm.isHeld(worker, 8))
      await expect.poll(isElsewhere, { timeout: 50_000 }).toBe(true)
      if (comesBack) {
        await run.said('Worker far has left.')
        farm.holdOnly(23)
        cable('up')
        await far.said('trial 8:')
        const joined = (): number => run.text().split('Worker far joined').length - 1
        await expect.poll(joined, { timeout: 50_000 }).toBe(2)
      }
      farm.release()
      expect(await farm.digest(run)).toBe(alone)
      expect(run.text()).not.toContain('different results')
    })

    /**
     * Counts how often jobs without a lock are looked for until one of this trial is found, from now on, as the server
     * itself tells it. It lets this happen every half a lock time at most: a count does not depend on how busy the
     * machine is.
     */
    async function watchTakeOver(trial: number) {
      const client = new Redis(redis.url.replace('127.0.0.1', HOST))
      await client.psubscribe(`__keyspace@0__:${farm.prefix}:trials-*`)
      const { promise: checks, resolve } = Promise.withResolvers<number>()
      let count = 0
      client.on('pmessage', (_pattern, channel: string, event: string) => {
        if (event === 'set' && channel.endsWith(':stalled-check')) count++
        // Its count of how often it was without a lock.
        if (event !== 'hincrby' || !channel.includes(`:${trial}.`)) return
        resolve(count)
        client.disconnect()
      })
      return { checks }
    }
  },
)
