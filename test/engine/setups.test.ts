import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CommandOptions, type CommandProcess, startCommand } from './commands.ts'
import { digestAlone, digestOf, Farm, HELD, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0
if (!HAS_OPENSSL) process.stderr.write('skipped: no openssl on the PATH, no engine is reached by TLS\n')

/** Nobody gets in without the password. */
const USERS = ['--user', 'sweep', 'on', '>hush-hush', '~*', '&*', '+@all', '--user', 'default', 'off']
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-setups-'))
let alone = ''
let redis: RedisServer
let farms: Farm[] = []

function farmAt(url: string): Farm {
  const farm = new Farm(url)
  farms.push(farm)
  return farm
}

describe.skipIf(!HAS_REDIS)('a study on workers has the digest of one process', () => {
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(HELD)
  })
  afterEach(async () => {
    for (const farm of farms) await farm.close()
    farms = []
  })
  afterAll(async () => {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('where clocks are an hour apart, and its running time has no such hour', async () => {
    const farm = farmAt(redis.url)
    for (const hours of [-1, 1]) {
      const shift = path.join(folder, `shift-${hours}.mjs`)
      writeFileSync(shift, `const now = Date.now; Date.now = () => now() + ${hours * 3_600_000}`)
      farm.worker(`worker-${hours}`, [], { env: { NODE_OPTIONS: `--import ${shift}` } })
    }
    expect(await farm.digest(farm.run(HELD))).toBe(alone)
    const { stdout } = await startCommand(['status', '--db', farm.db, '--json']).ended
    expect(JSON.parse(stdout).durationMs).toBeLessThan(1_800_000)
  })

  test('beside another study of another orchestrator on the same server', async () => {
    const farm = farmAt(redis.url)
    const worker = farm.worker('both', ['--slots', '2'])
    farm.holdFrom(8)
    const first = farm.run(HELD)
    await farm.holds(worker)
    const db = path.join(folder, 'second.db')
    const engine = ['--engine', redis.url, '--engine-prefix', farm.prefix, '--root', ROOT, '--workers', '0']
    const second = farm.start(['run', HELD, '--db', db, '--seed', '43', ...engine])
    await second.said('Worker both joined')
    farm.release()
    expect(await farm.digest(first)).toBe(alone)
    expect((await second.ended).code).toBe(0)
    expect(await digestOf(db)).toBe(await digestAlone(HELD, ['--seed', '43']))
  })

  test('though the server was full for a while', async () => {
    const farm = farmAt(redis.url)
    farm.holdFrom(8)
    const worker = farm.worker('first')
    const run = farm.run(HELD, ['--engine-lock', '1'])
    await farm.holds(worker, 8)
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1')
    await run.said('accepts no writes')
    // One trial ends meanwhile: its outcome cannot be handed over.
    farm.holdFrom(9)
    await worker.said('trial 8:')
    await client.config('SET', 'maxmemory', '0')
    client.disconnect()
    await run.said('accepts writes again')
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
  })

  test.skipIf(!HAS_OPENSSL)('by TLS as a user with a password, which nobody prints', async () => {
    const tls = tlsFiles()
    const secure = await startRedis((port) => [
      ...tls.words,
      ...USERS,
      '--port',
      '0',
      '--tls-port',
      String(port),
    ])
    const url = `rediss://sweep:hush-hush@localhost:${new URL(secure.url).port}`
    const options: CommandOptions = { env: { FINESWEEP_ENGINE: url, NODE_EXTRA_CA_CERTS: tls.certificate } }
    const farm = farmAt(redis.url)
    const worker = farm.start(['worker', '--root', ROOT, '--name', 'tls', '--slots', '2'], options)
    const db = ['--db', farm.db]
    const run = farm.start(['run', HELD, '--workers', '0', '--root', ROOT, ...db], options)
    expect(await farm.digest(run)).toBe(alone)
    const status = await farm.start(['status', ...db], options).ended
    expect(status.stdout).toContain('tls')
    const stranger = farm.start(['worker'], { env: { FINESWEEP_ENGINE: url } })
    const refused = await stranger.ended
    expect(refused.code).toBe(7)
    expect(refused.stderr).toContain('in NODE_EXTRA_CA_CERTS')
    const plain = farm.start(['worker'], { env: { FINESWEEP_ENGINE: url.replace('rediss', 'redis') } })
    expect((await plain.ended).stderr).toContain(
      'If the server expects TLS, write rediss:// instead of redis://.',
    )
    const said = [worker, run, stranger].map((each: CommandProcess) => each.text()).join('')
    for (const text of [said, plain.text(), status.stdout, status.stderr])
      expect(text).not.toContain('hush-hush')
    worker.signal('SIGKILL')
    await secure.stop()
  })
})

/** A certificate for localhost that its own key has signed, and how a server is given it. */
function tlsFiles() {
  const key = path.join(folder, 'key.pem')
  const certificate = path.join(folder, 'certificate.pem')
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  const names = ['-addext', 'subjectAltName=DNS:localhost']
  const made = spawnSync('openssl', [...words, ...names, '-keyout', key, '-out', certificate])
  expect(made.status, String(made.stderr)).toBe(0)
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  return { certificate, words: [...files, '--tls-auth-clients', 'no'] }
}
