import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startCommand } from './commands.ts'
import { digestAlone, Farm, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** Five trials continue the folders of the first eight. */
const WARM = path.join(ROOT, 'test/engine/studies/warm.yaml')

let redis: RedisServer
let farm: Farm

describe.skipIf(!HAS_REDIS)('the folders of trials on workers', () => {
  let alone = ''
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(WARM)
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
  })
  afterEach(() => farm.close())

  /** The files of the folders that the study keeps, by trial. */
  async function kept(): Promise<Record<string, string[]>> {
    const { stdout } = await startCommand(['artifacts', '--db', farm.db, '--json']).ended
    const { artifacts } = JSON.parse(stdout) as {
      artifacts: { trial: number; files: { path: string; link?: string }[] }[]
    }
    return Object.fromEntries(artifacts.map(({ trial, files }) => [trial, files.map((file) => file.path)]))
  }

  test.for([
    ['five workers', '0', 5],
    ['two workers and two local trials at once', '2', 2],
  ] as const)('a warm start continues them as on one machine: %s', async ([, local, count]) => {
    for (let i = 0; i < count; i++) farm.worker(`worker-${i}`)
    expect(await farm.digest(farm.run(WARM, ['--workers', local]))).toBe(alone)
    const folders = Object.entries(await kept())
    expect(folders).toHaveLength(4)
    for (const [trial, files] of folders) {
      expect(files).toEqual(['run/epochs', 'run/latest', 'stderr.txt', 'stdout.txt'])
      const total = readFileSync(path.join(farm.folder, 'artifacts/warm', trial, 'run/latest'), 'utf8')
      expect(total).toBe(Number(trial) < 8 ? '2\n' : '5\n')
    }
  })

  test('a warm start continues the folders and the bytes of a module', async () => {
    const words = ['--set', 'objective=./warm-module.mjs']
    farm.worker('only', ['--slots', '2'])
    expect(await farm.digest(farm.run(WARM, words))).toBe(await digestAlone(WARM, words))
    const { stdout } = await startCommand(['show', '9', '--db', farm.db, '--json']).ended
    expect(JSON.parse(stdout).trial.measurements[0].metrics).toEqual({ total: 5, trials: 2 })
  })

  test('a warm start continues them after the worker or the orchestrator was killed', async () => {
    const words = ['--engine-lock', '2']
    farm.holdFrom(9)
    const first = farm.worker('first')
    const killed = farm.run(WARM, words)
    await farm.holds(first)
    first.signal('SIGKILL')
    const second = farm.worker('second')
    await farm.holds(second)
    killed.signal('SIGKILL')
    await killed.ended
    farm.release()
    expect(await farm.digest(farm.resume(words))).toBe(alone)
  })

  test('a warm start continues them on one worker, and a program has the names of its study and stage, the second time too', async () => {
    farm.worker('only')
    expect(await farm.digest(farm.run(WARM))).toBe(alone)
    const { code, stderr } = await farm.run(WARM).ended
    expect(code, stderr).toBe(0)
    const names = ['warm', 'warm-2'].map(async (study) => {
      const { stdout } = await startCommand(['show', study, '9', '--db', farm.db, '--json']).ended
      return JSON.parse(stdout).trial.measurements[0].metrics
    })
    expect(await Promise.all(names)).toEqual([
      { total: 5, stage: 6, study: 4 },
      { total: 5, stage: 6, study: 6 },
    ])
  })

  test('those of a killed worker are removed by the next one or by a run, those of a living one stay', async () => {
    farm.holdFrom(0)
    const killed = farm.worker('killed')
    const run = farm.run(WARM, ['--engine-lock', '1'])
    await farm.holds(killed)
    expect(readdirSync(farm.temporary)).toHaveLength(1)
    killed.signal('SIGKILL')
    await killed.ended
    const next = farm.worker('next')
    await next.said('Removed a temporary folder of trials whose process was killed.')
    await farm.holds(next)
    const [held, ...others] = readdirSync(farm.temporary)
    expect(others).toEqual([])
    const beside = farm.worker('beside', ['--idle', '1'])
    await beside.said('for the studies at')
    expect(readdirSync(farm.temporary)).toContain(held)
    for (const each of [run, next, beside]) each.signal('SIGKILL')
    await Promise.all([run.ended, next.ended, beside.ended])
    farm.release()
    const resumed = await farm.resume(['--workers', '2']).ended
    expect(resumed.stderr).toMatch(/Removed (a|2) temporary folders? of trials whose process was killed\./)
    expect(readdirSync(farm.temporary)).toEqual([])
  })

  test('a worker that cannot make them says so, as the study does that ends', async () => {
    const worker = farm.worker('only', [], { env: { TMPDIR: '/nowhere' } })
    const { code, stderr } = await farm.run(WARM).ended
    expect(code).toBe(7)
    expect(stderr).toMatch(
      /\nNo worker could finish trial 0: The folder \/nowhere cannot be written: .*\. Check the workers' output/,
    )
    await worker.said('warm trial 0 could not be run here: The folder /nowhere cannot be written: ')
  })

  test('one that is too large to travel ends a study that would continue it, and else stays where it is', async () => {
    farm.worker('only', [], { env: { LARGE: '300M' } })
    const { code, stderr } = await farm.run(WARM).ended
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(
        /\nTrial \d left a folder of 301 MB on only: folders of more than 256 MB do not travel through the engine, and the next stage continues such trials \(warmStart\)\. Write smaller/,
      ),
    ])
    const alike = farm.run(WARM, ['--set', 'stages[1].warmStart=false'])
    const ended = await alike.ended
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr.match(/left a folder of 301 MB on only: .*, and are not kept\./g)).toHaveLength(1)
  })
})
