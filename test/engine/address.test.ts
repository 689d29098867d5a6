import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEngineAddress } from '../../src/engine/engine-address.ts'
import { startCommand } from './commands.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

test('an address is shown without what may be secret', () => {
  for (const text of ['redis://me:hush@head:6379/2', 'redis://head:6379/2?username=me&password=hush#hush'])
    expect(readEngineAddress(text, 'test').shown).toBe('redis://head:6379/2')
})

test.each(['abc', '1/2', '-1', '1.5'])('%s is no database', (database) => {
  expect(() => readEngineAddress(`redis://head/${database}`, '--engine')).toThrowError(
    `--engine must end with the number of a database, or none, got "${database}"`,
  )
})

describe.skipIf(!HAS_REDIS)('a worker', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'finesweep-address-'))
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(async () => {
    await redis.stop()
    rmSync(root, { recursive: true, force: true })
  })

  const work = (...words: string[]) => startCommand(['worker', ...words], { cwd: root }).ended

  test('does not use another database than the one of its URL', async () => {
    const { code, stderr } = await work(`${redis.url}/99`)
    expect(code).toBe(7)
    expect(stderr).toMatch(/^The engine .*\/99 cannot be reached: ERR DB index is out of range\. /)
  })

  test('does not wait for studies without its folder', async () => {
    const { code, stderr } = await work(redis.url, '--root', 'nowhere')
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`--root: there is no folder ${path.join(root, 'nowhere')}. Name `),
    ])
  })

  test('does not call its own end a lost connection', async () => {
    const { code, stderr } = await work(redis.url, '--idle', '1', '--name', 'only')
    expect(code).toBe(0)
    expect(stderr.trim().split('\n').slice(1)).toEqual(['No trial for 1 s: the worker ends.'])
  })
})
