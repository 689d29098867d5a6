import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestAlone, Farm, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** Three trials, each of which warns. */
const WARNS = path.join(ROOT, 'test/engine/studies/warns.yaml')

let redis: RedisServer
let farm: Farm

describe.skipIf(!HAS_REDIS)('what objectives warn of on a worker', () => {
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
  })
  afterEach(() => farm.close())

  test('is shown to whoever runs the study, each kind once a trial and with its worker, and there', async () => {
    const worker = farm.worker('rack-1')
    const run = farm.run(WARNS)
    expect(await farm.digest(run)).toBe(await digestAlone(WARNS))
    for (const trial of [0, 1, 2]) {
      const told = warningsOf(run.text(), `trial ${trial} on rack-1`)
      expect(told).toEqual([
        "a line of measurements must be one JSON object, got {'value': 1}; it is ignored.",
        'metrics.loss must be a number, got "low"; it is ignored.',
      ])
      expect(warningsOf(worker.text(), `warns trial ${trial}`)).toEqual(told)
    }
  })

  test('is shown though a trial of a module ends with it, and the study with the trial', async () => {
    farm.worker('rack-1')
    const run = farm.run(WARNS, ['--set', 'objective=./warns-module.mjs'])
    expect((await run.ended).code).toBe(0)
    for (const trial of [0, 1, 2])
      expect(warningsOf(run.text(), `trial ${trial} on rack-1`)).toEqual(['the model is too small.'])
  })

  test('is not shown where the run is quiet', async () => {
    farm.worker('rack-1')
    const { code, stderr } = await farm.run(WARNS, ['--quiet']).ended
    expect([code, stderr]).toEqual([0, ''])
  })
})

/** What one trial warned of, in the order in which it was said. */
function warningsOf(text: string, trial: string): string[] {
  const start = `Warning: ${trial}: `
  return text.split('\n').flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []))
}
