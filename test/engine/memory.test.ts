import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/engine/sameness.ts'
import type { TrialTask } from '../../src/execute/executor.ts'
import { kindOf } from '../../src/objective/kinds.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { offer, offerOf, work } from './in-process.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const STUDY = `
name: small
data: { source: generated, count: 100 }
model: { hidden: [] }
training: { arithmetic: muladd }
`

/** A trial of one epoch. */
const TASK: TrialTask = {
  spec: {
    number: 0,
    stage: 0,
    params: { learningRate: 0.01, reg: 0.001, dropout: 0 },
    seed: 1,
    budget: { epochs: 1 },
    continues: null,
  },
  continued: null,
  slot: 0,
  attempt: 1,
  timeoutMs: null,
}

describe.skipIf(!HAS_REDIS)("a worker keeps several studies' data within its memory", () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  test('drops those not used for longest, and reads them again for a trial', async () => {
    const settings = parseExperiment(STUDY, 'study.yaml').objective
    const offered = await offerOf(settings)
    const bytes = bytesOf(await kindOf(settings).open(settings, {}))
    const { says, close } = work(redis.url, 'memory', { memoryBytes: 2 * bytes })
    const begin = async (study: string) => {
      const orchestrator = await offer(redis.url, 'memory', { ...offered, study })
      await expect.poll(() => orchestrator.executor.slots, { timeout: 50_000 }).toBeGreaterThan(0)
      return orchestrator
    }
    const dropped = (): string[] =>
      says.flatMap((sentence) => /Unloaded the data of study (\w)/.exec(sentence)?.[1] ?? [])

    const a = await begin('a')
    const b = await begin('b')
    expect((await a.executor.run(TASK, () => {})).state).toBe('complete')
    expect(dropped()).toEqual([])
    const c = await begin('c')
    await expect.poll(dropped, { timeout: 50_000 }).toEqual(['b'])
    // It is still a worker of that study, which would otherwise have nobody to send a trial to.
    expect((await b.executor.run(TASK, () => {})).state).toBe('complete')
    await expect.poll(dropped, { timeout: 50_000 }).toEqual(['b', 'a'])
    expect(says.filter((sentence) => sentence.startsWith('Joined study b'))).toHaveLength(2)
    for (const { executor, says: orchestratorSays } of [a, b, c]) {
      expect(executor.slots).toBeGreaterThan(0)
      expect(orchestratorSays.filter((sentence) => sentence.includes('has left'))).toEqual([])
    }
    for (const { executor } of [a, b, c]) await executor.close()
    await close()
  })
})
