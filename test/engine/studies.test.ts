import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { chaosSeed, finesweep, start, studyFile } from '../reliability/finesweep.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'
import { startWorker, type WorkerProcess } from './workers.ts'

/** Enough trials for something to happen meanwhile. */
const SHORT = ['--set', 'stages[0].trials=24', '--set', 'stages[1].trials=8']

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-engine-'))
let redis: RedisServer
let undisturbed = ''
let workers: WorkerProcess[] = []
let studies = 0
let db = ''

beforeAll(async () => {
  if (!HAS_REDIS) return
  redis = await startRedis()
  const alone = path.join(folder, 'alone.db')
  await finesweep(['run', studyFile('quick.yaml'), ...SHORT, '--db', alone, '--quiet'])
  undisturbed = await digest(alone)
})
afterAll(async () => {
  if (HAS_REDIS) await redis.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  db = path.join(folder, `study-${studies++}.db`)
})
afterEach(async () => {
  for (const worker of workers) worker.signal('SIGKILL')
  await Promise.all(workers.map(({ ended }) => ended))
  workers = []
})

async function digest(file: string): Promise<string> {
  return (await finesweep(['digest', '--db', file])).stdout.trim()
}

/** Each test has workers of its own: a prefix keeps the studies of others away. */
function engine(): string[] {
  return ['--root', ROOT, '--engine-prefix', path.basename(db)]
}

function worker(...words: string[]): WorkerProcess {
  const started = startWorker(redis.url, ROOT, ['--engine-prefix', path.basename(db), ...words])
  workers.push(started)
  return started
}

function run(...words: string[]) {
  return start([
    'run',
    studyFile('quick.yaml'),
    ...SHORT,
    '--db',
    db,
    '--engine',
    redis.url,
    ...engine(),
    ...words,
  ])
}

describe.skipIf(!HAS_REDIS)('a study on workers', () => {
  test.for([
    [
      'two workers of two slots',
      ['0'],
      [
        ['--slots', '2'],
        ['--slots', '2'],
      ],
    ],
    ['a worker and local threads', ['2'], [['--slots', '2']]],
  ] as const)('has the digest of one process: %s', async ([, [local], slots]) => {
    for (const words of slots) worker(...words)
    const { code, stderr } = await run('--workers', local).ended
    expect(code, stderr).toBe(0)
    expect(await digest(db)).toBe(undisturbed)
  })

  test('goes on when a worker is killed in the midst of a trial, and no trial counts twice', async () => {
    const first = worker('--slots', '2', '--name', 'first')
    const running = run('--workers', '0', '--engine-lock', '2')
    await first.said('trial 5:')
    first.signal('SIGKILL')
    worker('--slots', '2', '--name', 'second')
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(0)
    expect(await digest(db)).toBe(undisturbed)
  })

  test('takes no late outcome of a worker that was paused beyond its lock', async () => {
    const first = worker('--slots', '2', '--name', 'first')
    const running = run('--workers', '0', '--engine-lock', '1')
    await first.said('trial 5:')
    first.signal('SIGSTOP')
    const second = worker('--slots', '2', '--name', 'second')
    await second.said('trial 12:')
    first.signal('SIGCONT')
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(0)
    expect(await digest(db)).toBe(undisturbed)
  })

  test('survives a server that restarts empty', async () => {
    const first = worker('--slots', '2')
    const running = run('--workers', '0')
    await first.said('trial 5:')
    await redis.restart()
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('is back')
    expect(await digest(db)).toBe(undisturbed)
  })

  test('is resumed after its orchestrator was killed', async () => {
    const first = worker('--slots', '2')
    const running = run('--workers', '0')
    await first.said('trial 5:')
    running.child.kill('SIGKILL')
    await running.ended
    const resumed = await finesweep([
      'resume',
      '--db',
      db,
      '--workers',
      '0',
      '--engine',
      redis.url,
      ...engine(),
    ])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(await digest(db)).toBe(undisturbed)
  })

  test('ends with 7 and can be resumed when the engine stays away', async () => {
    const own = await startRedis()
    const first = startWorker(own.url, ROOT, ['--slots', '2'])
    workers.push(first)
    const running = start([
      ...['run', studyFile('quick.yaml'), ...SHORT, '--db', db, '--workers', '0'],
      ...['--engine', own.url, '--engine-timeout', '1', '--root', ROOT],
    ])
    await first.said('trial 5:')
    await own.stop()
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(7)
    expect(stderr).toMatch(
      /The engine redis:\/\/127\.0\.0\.1:\d+ cannot be reached: it has been unreachable for 1 s/,
    )
    const resumed = await finesweep(['resume', '--db', db, '--workers', '2', '--quiet'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(await digest(db)).toBe(undisturbed)
  })

  test('stores nothing where the engine cannot be reached at the start', async () => {
    const words = ['--engine', 'redis://user:secret@127.0.0.1:1', '--workers', '0', '--root', ROOT]
    const { code, stderr } = await finesweep(['run', studyFile('quick.yaml'), '--db', db, ...words])
    expect(code).toBe(7)
    expect(stderr).toContain('The engine redis://127.0.0.1:1 cannot be reached')
    expect(stderr).not.toContain('secret')
    expect((await finesweep(['studies', '--db', db])).stderr).toContain('no study')
  })

  // The faults one by one above are enough for every day.
  test.runIf(process.env.FINESWEEP_CHAOS)(
    'keeps its digest through random kills, pauses and restarts',
    async () => {
      const seed = chaosSeed()
      const generator = fastGenerator(['engine', seed])
      for (let study = 0; study < 100; study++) {
        db = path.join(folder, `chaos-${study}.db`)
        await disturb(generator)
        expect(await digest(db), `seed ${seed}, study ${study}`).toBe(undisturbed)
        await afterStudy()
      }
    },
    7_200_000,
  )
})

/** Runs a study to its end while its workers, its orchestrator and its server are killed, paused and restarted. */
async function disturb(generator: ReturnType<typeof fastGenerator>): Promise<void> {
  const lock = ['--engine-lock', '1']
  worker('--slots', '2')
  worker('--slots', '1')
  let running = run('--workers', '0', ...lock)
  let isOver = false
  for (let faults = 0; faults < 4 && !isOver; faults++) {
    const pause = new Promise((resolve) => setTimeout(resolve, 200 + 1500 * generator.next()))
    isOver = await Promise.race([running.ended.then(() => true), pause.then(() => false)])
    if (isOver) break
    const fault = generator.below(4)
    const victim = workers[generator.below(workers.length)]!
    if (fault === 0) {
      victim.signal('SIGKILL')
      worker('--slots', '2')
    } else if (fault === 1) {
      victim.signal('SIGSTOP')
      setTimeout(() => victim.signal('SIGCONT'), 1500)
    } else if (fault === 2) {
      await redis.restart()
    } else {
      running.child.kill('SIGKILL')
      await running.ended
      const begun = (await finesweep(['status', '--db', db])).code === 0
      const resume = ['resume', '--db', db, '--workers', '0', '--engine', redis.url, ...engine(), ...lock]
      running = begun ? start(resume) : run('--workers', '0', ...lock)
    }
  }
  const { code, stderr } = await running.ended
  expect(code, stderr).toBe(0)
}

async function afterStudy(): Promise<void> {
  for (const each of workers) each.signal('SIGKILL')
  await Promise.all(workers.map(({ ended }) => ended))
  workers = []
}
