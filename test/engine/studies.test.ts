import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { studyFile } from '../reliability/finesweep.ts'
import { digestAlone, Farm, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const QUICK = studyFile('quick.yaml')
const SHORT = ['--set', 'stages[0].trials=24', '--set', 'stages[1].trials=8']

/** Few trials of the quickstart, with rungs and warm starts. */
const RUNGS = [
  ...['--set', 'data.count=600', '--set', 'model.hidden=[8]'],
  ...['--set', 'stages[0].trials=8', '--set', 'stages[0].epochs=3', '--set', 'stages[0].rungs=[1]'],
  ...['--set', 'stages[1].trials=4', '--set', 'stages[1].warmStart=true'],
]

/** Trials fail, and run again behind those that wait for them at a rung. */
const AGAIN = path.join(ROOT, 'test/engine/studies/again.yaml')

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

  test.for([
    ['networks that stop at rungs and continue those of the first stage', 'quickstart.yaml', RUNGS],
    ['a program', 'command.yaml', ['--set', 'stages[0].trials=6', '--set', 'stages[1].trials=3']],
  ] as const)('has the digest of one process: %s', async ([, file, words]) => {
    const study = path.join(ROOT, 'experiments', file)
    farm.worker('first', ['--slots', '2'])
    farm.worker('second')
    expect(await farm.digest(farm.run(study, words))).toBe(await digestAlone(study, words))
  })

  test('with rungs goes on though all slots have trials that wait for one that must run again', async () => {
    farm.worker('only')
    expect(await farm.digest(farm.run(AGAIN))).toBe(await digestAlone(AGAIN))
  })
})
