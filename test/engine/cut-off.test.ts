import { spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestAlone, Farm, HELD } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const NAME = `finesweep-${process.pid}`
/** The ends of a cable: ours, and that of the host that is cut off. */
const OURS = `fsa${process.pid}`
const THEIRS = `fsb${process.pid}`
const NETWORK = `10.213.${process.pid % 250}`
const HOST = `${NETWORK}.1`

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

describe.skipIf(!HAS_NETWORK)('a study, one of whose workers is cut off in the midst of a trial,', () => {
  let redis: RedisServer
  let farm: Farm
  let alone = ''
  beforeAll(async () => {
    redis = await startRedis(['--bind', HOST, '--protected-mode', 'no'])
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
    ['for a while', true],
  ] as const)('goes on elsewhere: %s', async ([, comesBack]) => {
    cable('up')
    const far = farm.worker('far', [], { before: ['ip', 'netns', 'exec', NAME] })
    const run = farm.run(HELD, ['--engine-lock', '2'])
    await farm.holds(far, 8)
    const near = farm.worker('near', ['--slots', '2'])
    await near.said('Joined study')
    cable('down')
    await farm.holds(near, 8)
    if (comesBack) cable('up')
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
    expect(run.text()).not.toContain('different results')
  })
})
