import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeArithmetic } from '../../src/cli/known-step.ts'
import { finesweep, studyFile } from '../reliability/finesweep.ts'
import { type CommandProcess, startCommand } from './commands.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-seen-'))
const db = path.join(folder, 'studies.db')
const PASSWORD = 'hush-hush'
let redis: RedisServer
let url = ''
let worker: CommandProcess

describe.skipIf(!HAS_REDIS)('the workers of an engine with a password', () => {
  beforeAll(async () => {
    redis = await startRedis(['--requirepass', PASSWORD])
    url = redis.url.replace('redis://', `redis://:${PASSWORD}@`)
    worker = startCommand([
      'worker',
      url,
      '--root',
      ROOT,
      '--slots',
      '2',
      '--name',
      'rack-1',
      '--label',
      'quiet',
    ])
    const run = [
      'run',
      studyFile('quick.yaml'),
      '--db',
      db,
      '--engine',
      url,
      '--root',
      ROOT,
      '--workers',
      '0',
    ]
    const { code, stderr } = await finesweep(run)
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain(PASSWORD)
  }, 60_000)
  afterAll(async () => {
    worker.signal('SIGKILL')
    await worker.ended
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('are listed by status, and in its JSON', async () => {
    const { stdout, stderr } = await finesweep(['status', '--db', db, '--engine', url])
    expect(stdout, stderr).toMatch(/WORKER +HOST/)
    expect(stdout).toMatch(/rack-1 .*quiet/)
    // A worker says once a second what it runs and has done: after the study's end, that nothing runs comes a little later.
    const list = async () =>
      JSON.parse((await finesweep(['status', '--db', db, '--engine', url, '--json'])).stdout).workers
    let workers = await list()
    await expect
      .poll(
        async () => {
          workers = await list()
          return workers[0].running.length === 0 && workers[0].finished > 0
        },
        { timeout: 45_000 },
      )
      .toBe(true)
    expect(workers).toMatchObject([{ name: 'rack-1', slots: 2, labels: ['quiet'], running: [] }])
    expect(workers[0].trialsPerHour).toBeGreaterThan(0)
  })

  test('are named as the hosts of their trials', async () => {
    const { stdout } = await finesweep(['export', '--db', db, '--format', 'json'])
    expect(stdout).toContain('"host":"rack-1"')
    expect((await finesweep(['show', '0', '--db', db])).stdout).toContain('on rack-1')
  })

  test('are compared by doctor, which names the hosts where one computes differently', async () => {
    const good = await finesweep(['doctor', '--db', db, '--engine', url])
    expect(good.code, good.stdout).toBe(0)
    expect(good.stdout).toContain('worker rack-1 on')
    const defective = startCommand(['worker', url, '--root', ROOT, '--name', 'rack-2'], {
      env: { NODE_OPTIONS: `--import ${wrongArithmetic()}` },
    })
    await defective.said('for the studies at')
    const look = async () => (await finesweep(['doctor', '--db', db, '--engine', url])).stdout
    await expect.poll(look, { timeout: 45_000, interval: 500 }).toContain('rack-2')
    const bad = await finesweep(['doctor', '--db', db, '--engine', url])
    defective.signal('SIGKILL')
    await defective.ended
    expect(bad.stdout).toContain(
      `worker rack-2 on ${hostname()} computes differently from this machine, ${hostname()}: `,
    )
    expect(bad.stdout).toMatch(/engine +ok +worker rack-1 on /)
    // The defective one computes in fma; where this machine does not, that alone explains other bits.
    expect(bad.code).toBe((await describeArithmetic()).arithmetic === 'fma' ? 6 : 0)
  })

  test('never see the password in a message, nor does a wrong one get printed', async () => {
    expect(worker.text()).not.toContain(PASSWORD)
    const wrong = await finesweep(['status', '--db', db, '--engine', url.replace(PASSWORD, 'wrong-one')])
    expect(wrong.code).toBe(7)
    expect(wrong.stderr).not.toContain('wrong-one')
  })

  test('do not keep status from showing the study when the engine of the environment is down', async () => {
    const env = { FINESWEEP_ENGINE: 'redis://:hush@127.0.0.1:1' }
    const { code, stdout, stderr } = await finesweep(['status', '--db', db], env)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('quick')
    expect(stderr).toMatch(
      /The engine redis:\/\/127\.0\.0\.1:1 cannot be reached: .* Its workers are not shown\./,
    )
    expect(stderr).not.toContain('hush')
    const asked = await finesweep(['status', '--db', db, '--engine', env.FINESWEEP_ENGINE])
    expect(asked.code).toBe(7)
  })
})

/** A module that has a process round numbers a little wrong, and compute without WebAssembly, which has its own arithmetic. */
function wrongArithmetic(): string {
  const file = path.join(folder, 'wrong-arithmetic.mjs')
  const lines = [
    'const { fround } = Math',
    'Math.fround = (x) => fround(x * (1 + 2 ** -22))',
    'WebAssembly.Module = class { constructor() { throw new Error("not here") } }',
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}
