import { Worker } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SessionOffer } from '../../src/engine/protocol.ts'
import type { RemoteExecutor } from '../../src/engine/remote-executor.ts'
import type { WorkerOptions } from '../../src/engine/worker-node.ts'
import type { Executor } from '../../src/execute/executor.ts'
import type { ObjectiveSettings } from '../../src/objective/source.ts'
import { checkExecutor } from '../../src/testing/check-executor.ts'
import { BEHAVIOURS, trial } from '../../src/testing/executor/stand.ts'
import { KERNELS, offer, offerOf, work } from './in-process.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const OBJECTIVE = { kind: 'module', file: BEHAVIOURS } as const

let redis: RedisServer
let prefixes = 0
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis()
})
afterAll(async () => {
  if (HAS_REDIS) await redis.stop()
})

interface Pair {
  readonly executor: RemoteExecutor
  readonly orchestratorSays: readonly string[]
  readonly workerSays: readonly string[]
  readonly worker: ReturnType<typeof work>
  close(): Promise<void>
}

/** An orchestrator and a worker in this process. */
async function pair(
  source: ObjectiveSettings,
  slots: number,
  offered: Partial<SessionOffer> = {},
  worker: Partial<WorkerOptions> = {},
): Promise<Pair> {
  const prefix = `test-${prefixes++}`
  const { executor, says } = await offer(redis.url, prefix, await offerOf(source, offered))
  const helper = work(redis.url, prefix, { slots, ...worker })
  return {
    executor,
    orchestratorSays: says,
    workerSays: helper.says,
    worker: helper,
    async close() {
      await executor.close()
      await helper.close()
    },
  }
}

/** An executor that opens when it is first used. */
function opened(source: ObjectiveSettings, slots: number): Executor {
  let opening: Promise<Pair> | null = null
  const open = (): Promise<Pair> => {
    opening ??= pair(source, slots)
    return opening
  }
  return {
    slots,
    run: async (task, onMeasurement, onRung) => (await open()).executor.run(task, onMeasurement, onRung),
    stop: (number) => void open().then(({ executor }) => executor.stop(number)),
    close: async () => (await open()).close(),
  }
}

/** Resolves once its workers have so many slots. */
async function slotsOf(executor: RemoteExecutor, count: number): Promise<void> {
  await expect.poll(() => executor.slots, { timeout: 30_000 }).toBe(count)
}

describe.skipIf(!HAS_REDIS)('trials on workers of an engine', () => {
  const create = (file: string, slots: number): Executor => opened({ kind: 'module', file }, slots)
  checkExecutor(create, { test, after: afterAll }, { loadsHere: false })

  test('slots are those of the workers that take part', async () => {
    const { executor, close } = await pair(OBJECTIVE, 3)
    await slotsOf(executor, 3)
    await close()
    expect(executor.slots).toBe(0)
  })

  test("an outcome names its worker, and the worker's own slot", async () => {
    const { executor, close } = await pair(OBJECTIVE, 1)
    const outcome = await executor.run({ ...trial('well'), slot: 7 }, () => {})
    expect([outcome.host, outcome.slot]).toEqual(['helper', 0])
    await close()
  })

  test('a worker that is told to end waits for its trial, also where its queue fails to', async () => {
    const { executor, worker, close } = await pair(OBJECTIVE, 1)
    await slotsOf(executor, 1)
    // As where the connection breaks while it is closed.
    const failing = vi
      .spyOn(
        Worker.prototype as unknown as { whenCurrentJobsFinished(): Promise<void> },
        'whenCurrentJobsFinished',
      )
      .mockRejectedValue(new Error('Connection is closed.'))
    const started = Promise.withResolvers<void>()
    const task = trial('untilAsked')
    const outcome = executor.run(task, () => started.resolve())
    await started.promise
    worker.drain()
    await slotsOf(executor, 0)
    executor.stop(task.spec.number)
    expect((await outcome).host).toBe('helper')
    await worker.ended
    failing.mockRestore()
    await close()
  })

  test.for([
    ['another version', {}, { codeVersion: '2' }, 'it runs finesweep 2, but the study runs 1'],
    ['a token that it was not given', { tokenHash: 'x' }, {}, "its token differs from the study's"],
    ['a token of another study', {}, { token: 'secret' }, "its token differs from the study's"],
    [
      'another objective',
      { fingerprints: { data: null, objective: 'other' } },
      {},
      "its objective differs from the study's",
    ],
    [
      'networks, where it computes wrongly',
      { arithmetic: 'fma' },
      { kernels: { ...KERNELS, isRight: false } },
      'it computes a known training step incorrectly',
    ],
    [
      'networks in an arithmetic that it lacks',
      { arithmetic: 'fma' },
      { kernels: { ...KERNELS, arithmetic: 'muladd' } },
      'it computes in muladd, but the study in fma',
    ],
    [
      'a file outside of its root',
      { objective: { kind: 'module', file: '/etc/objective.ts' } as const },
      {},
      "file is not inside this worker's root",
    ],
  ] as const)(
    'a worker runs no trial of a study with %s, and both sides say so',
    async ([, offered, worker, reason]) => {
      const { executor, orchestratorSays, workerSays, close } = await pair(OBJECTIVE, 1, offered, worker)
      await expect.poll(() => orchestratorSays.join('\n'), { timeout: 30_000 }).toContain(reason)
      expect(workerSays.join('\n')).toContain(reason)
      expect(executor.slots).toBe(0)
      await close()
    },
  )
})
