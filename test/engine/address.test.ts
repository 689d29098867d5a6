import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEngineAddress } from '../../src/engine/engine-address.ts'
import { startCommand } from './commands.ts'
import { ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

test('an address is shown without what may be secret', () => {
  for (const text of ['redis://me:hush@head:6379/2', 'redis://head:6379/2?username=me&password=hush#hush'])
    expect(readEngineAddress(text, 'test').shown).toBe('redis://head:6379/2')
})

test.each(['abc', '1/2', '-1', '1.5'])('%s is no database', (database) => {
  const read = () => readEngineAddress(`redis://head/${database}`, '--engine')
  expect(read).toThrowError('--engine must end with a port, or with the number of a database')
})

test('what may be a part of a password is not repeated', () => {
  const read = () => readEngineAddress('redis://me:12/hush@head:6379', '--engine')
  expect(read).toThrowError(expect.objectContaining({ message: expect.not.stringContaining('hush') }))
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

  test.each([
    ['worker', ['worker']],
    ['study', ['run', path.join(ROOT, 'test/engine/studies/warm.yaml'), '--root', ROOT, '--engine']],
  ])('is told in a sentence that the server takes no writes: a %s', async (_, words) => {
    const replica = await startRedis(['--replicaof', '127.0.0.1 1'])
    const { code, stderr } = await startCommand([...words, replica.url], { cwd: root }).ended
    await replica.stop()
    expect(code).toBe(7)
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^The engine .* accepts no writes: READONLY .*\. Give the Redis/,
    )
  })

  test.each([
    ['says nothing', '', 'it has not answered within 5 s'],
    ['speaks another language', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'what answers there is no Redis server'],
  ])('is told where the other side %s', async (_, answer, reason) => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.write(answer)),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { code, stderr } = await work(`redis://127.0.0.1:${port}`)
    server.close()
    expect([code, stderr]).toEqual([
      7,
      expect.stringContaining(`:${port} cannot be reached: ${reason}. Start`),
    ])
  })

  test.each([
    ['rediss', [], 'what answers there does not speak TLS. Write redis:// instead of rediss://'],
    ['redis', ['--requirepass', 'hush'], 'it asks for a password. Write redis://:PASSWORD@HOST'],
  ])('is told in a sentence what the address lacks: %s', async (scheme, words, sentence) => {
    const server = await startRedis(words)
    const { code, stderr } = await work(server.url.replace('redis', scheme))
    await server.stop()
    expect([code, stderr.trim().split('\n')]).toEqual([7, [expect.stringContaining(sentence)]])
  })

  test('does not use another database than the one of its URL', async () => {
    const { code, stderr } = await work(`${redis.url}/99`)
    expect(code).toBe(7)
    expect(stderr).toMatch(/^The engine .*\/99 cannot be reached: ERR DB index is out of range\. /)
  })

  test('does not wait for studies without its folder', async () => {
    const { code, stderr } = await work(redis.url, '--root', 'nowhere')
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`--root: the folder ${path.join(root, 'nowhere')} does not exist. Name `),
    ])
  })

  test('does not call its own end a lost connection', async () => {
    const { code, stderr } = await work(redis.url, '--idle', '1', '--name', 'only')
    expect(code).toBe(0)
    expect(stderr.trim().split('\n').slice(1)).toEqual(['No trial for 1 s; shutting down.'])
  })
})
