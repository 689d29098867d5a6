import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openReader } from '../../src/store/open-reader.ts'
import { digestAlone, Farm, HELD } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** Seconds after which a silent worker's trial runs elsewhere. */
const LOCK = ['--engine-lock', '1']

let redis: RedisServer
let farm: Farm
let alone = ''

describe.skipIf(!HAS_REDIS)('a study on workers, disturbed while a trial runs,', () => {
  beforeAll(async () => {
    redis = await startRedis()
    alone = await digestAlone(HELD)
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
    farm.holdFrom(8)
  })
  afterEach(() => farm.close())

  test('goes on when its worker is killed, and no trial counts twice', async () => {
    const first = farm.worker('first')
    const run = farm.run(HELD, LOCK)
    await farm.holds(first)
    first.signal('SIGKILL')
    const second = farm.worker('second')
    await farm.holds(second)
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
  })

  test('does not count the late outcome of a worker that was paused beyond its lock', async () => {
    const { run } = await lateOutcome({})
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
    expect(run.text()).not.toContain('different results')
  })

  test('names both workers and their hosts when a late outcome has other bits', async () => {
    const { run } = await lateOutcome({ FINESWEEP_TWIST: '1e-9' })
    await run.said('Trial 8 gave different results on first (')
    expect(run.text()).toMatch(/different results on first \([^)]+\) and second \([^)]+\)/)
    farm.release()
    expect((await run.ended).code).toBe(0)
  })

  test('lets a worker go that comes back to a rung of a trial that another has run', async () => {
    farm.holdOnly(8, 23)
    const first = farm.worker('first')
    const run = farm.run(HELD, [...LOCK, '--set', 'stages[0].epochs=3', '--set', 'stages[0].rungs=[2]'])
    await farm.holds(first, 8)
    first.signal('SIGSTOP')
    const second = farm.worker('second', ['--slots', '2'])
    await farm.holds(second, 8)
    farm.holdOnly(23)
    // By then the study has long got the outcome of trial 8.
    await second.said('trial 20:')
    first.signal('SIGCONT')
    await first.said('trial 8: stopped')
    farm.release()
    expect((await run.ended).code).toBe(0)
  })

  test('survives a server that restarts empty', async () => {
    const first = farm.worker('first')
    const run = farm.run(HELD)
    await farm.holds(first)
    await redis.restart()
    await run.said('is back')
    farm.release()
    expect(await farm.digest(run)).toBe(alone)
  })

  test('is resumed after its orchestrator was killed', async () => {
    const first = farm.worker('first')
    const run = farm.run(HELD)
    await farm.holds(first)
    run.signal('SIGKILL')
    await run.ended
    farm.release()
    expect(await farm.digest(farm.resume())).toBe(alone)
  })

  test('is resumed from a copy of its store elsewhere, and its first session counts for nothing more', async () => {
    const own = path.join(farm.folder, 'own')
    mkdirSync(own)
    writeFileSync(path.join(own, 'from'), '8-')
    const first = farm.worker('first', ['--token', 'one'], { env: { FINESWEEP_HOLD: own } })
    const run = farm.run(HELD, ['--token', 'one'])
    await expect
      .poll(() => readdirSync(own).includes(`8-${first.process.pid}`), { timeout: 50_000 })
      .toBe(true)
    run.signal('SIGKILL')
    await run.ended
    const left = completeTrials(farm.db)
    const elsewhere = path.join(farm.folder, 'elsewhere')
    mkdirSync(elsewhere)
    const copy = path.join(elsewhere, 'copy.db')
    expect((await farm.start(['backup', copy, '--db', farm.db]).ended).code).toBe(0)
    const resumed = farm.resume(['--db', copy, '--token', 'two'], { cwd: elsewhere })
    await farm.holds(farm.worker('second', ['--token', 'two']), 8)
    // The trial that the first session began ends while the second one runs it.
    rmSync(path.join(own, 'from'))
    await first.said('trial 8:')
    farm.release()
    expect(await farm.digest(resumed, copy)).toBe(alone)
    expect(completeTrials(copy)).toEqual([...Array(32).keys()])
    // The store that was left behind is as it was.
    expect(completeTrials(farm.db)).toEqual(left)
  })

  test('leaves nothing in Redis for ever when all its processes are killed', async () => {
    const worker = farm.worker('first')
    const run = farm.run(HELD)
    await farm.holds(worker)
    for (const each of [run, worker]) each.signal('SIGKILL')
    await Promise.all([run.ended, worker.ended])
    const client = new Redis(redis.url)
    const lasting = async (): Promise<string[]> => {
      const keys = await client.keys(`${farm.prefix}:*`)
      const ttls = await Promise.all(keys.map((key) => client.ttl(key)))
      return keys.filter((_, i) => ttls[i] === -1)
    }
    // As if its time had come.
    await client.del(await client.keys(`${farm.prefix}:session:*:offer`))
    farm.worker('second')
    await expect.poll(lasting, { timeout: 50_000 }).toEqual([])
    client.disconnect()
  })

  test('ends with 7 and can be resumed when the engine stays away', async () => {
    const own = await startRedis()
    const afar = new Farm(own.url)
    afar.holdFrom(8)
    const first = afar.worker('first')
    const run = afar.run(HELD, ['--engine-timeout', '1'])
    await afar.holds(first)
    await own.stop()
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(7)
    expect(stderr).toMatch(
      /The engine redis:\/\/127\.0\.0\.1:\d+ cannot be reached: it has been unreachable for 1 s/,
    )
    afar.release()
    expect(await afar.digest(afar.start(['resume', '--db', afar.db, '--workers', '2', '--quiet']))).toBe(
      alone,
    )
    await afar.close()
  })

  test('ends on Ctrl-C, and so do its workers, though the server is away', async () => {
    const own = await startRedis()
    const afar = new Farm(own.url)
    afar.holdOnly(8)
    const busy = afar.worker('busy')
    const run = afar.run(HELD, ['--set', 'stages[0].sampler=tpe'])
    await afar.holds(busy, 8)
    const idle = afar.worker('idle')
    // The last one that the lag lets it have.
    await idle.said('trial 11:')
    await own.stop()
    for (const each of [idle, busy, run]) {
      await each.said('cannot be reached')
      each.signal('SIGINT')
      await each.said('Ctrl-C again stops at once.')
      if (each !== idle) each.signal('SIGINT')
      expect((await each.ended).code).toBe(130)
    }
    await afar.close()
  })

  test('stores nothing where the engine cannot be reached at the start', async () => {
    const away = new Farm('redis://user:secret@127.0.0.1:1')
    const { code, stderr } = await away.run(HELD).ended
    expect(code).toBe(7)
    expect(stderr).toContain('The engine redis://127.0.0.1:1 cannot be reached')
    expect(stderr).not.toContain('secret')
    expect((await away.start(['studies', '--db', away.db]).ended).stderr).toContain('no study')
    await away.close()
  })
})

/** The numbers of the trials of HELD that are complete. */
function completeTrials(db: string): number[] {
  const store = openReader(db)
  const { id } = store.findStudy('held')!
  const numbers = [...store.trials(id)].flatMap(({ state, number }) => (state === 'complete' ? [number] : []))
  store.close()
  return numbers
}

/** A worker is paused in trial 8, another one runs it, and the first one goes on; the last trial of the stage waits. */
async function lateOutcome(env: NodeJS.ProcessEnv) {
  farm.holdOnly(8, 23)
  const first = farm.worker('first')
  const run = farm.run(HELD, LOCK)
  await farm.holds(first, 8)
  first.signal('SIGSTOP')
  // A slot for each trial that waits.
  const second = farm.worker('second', ['--slots', '2'], { env })
  await farm.holds(second, 8)
  farm.holdOnly(23)
  await second.said('trial 8:')
  first.signal('SIGCONT')
  await first.said('trial 8:')
  return { run }
}
