import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEngineAddress } from '../../src/engine/engine-address.ts'
import { PROTOCOL, type SessionOffer } from '../../src/engine/protocol.ts'
import { fromRoot } from '../../src/engine/relocate.ts'
import { RemoteExecutor } from '../../src/engine/remote-executor.ts'
import { runWorker } from '../../src/engine/worker-node.ts'
import type { Executor } from '../../src/execute/executor.ts'
import { kindOf } from '../../src/objective/kinds.ts'
import type { ObjectiveSettings, ObjectiveSource } from '../../src/objective/source.ts'
import { checkExecutor } from '../../src/testing/check-executor.ts'
import { BEHAVIOURS, trial } from '../../src/testing/executor/stand.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let redis: RedisServer
let prefixes = 0
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis()
})
afterAll(async () => {
  if (HAS_REDIS) await redis.stop()
})

async function offerOf(
  settings: ObjectiveSettings,
  changes: Partial<SessionOffer> = {},
): Promise<SessionOffer> {
  const { fingerprint } = await kindOf(settings).open(settings, {})
  return {
    protocol: PROTOCOL,
    codeVersion: '1',
    study: 'behaviours',
    host: hostname(),
    tokenHash: null,
    objective: fromRoot(settings, ROOT),
    fingerprints: { data: null, objective: fingerprint },
    arithmetic: '',
    heapMb: 256,
    // Longer than a busy machine lets a process wait.
    lockMs: 20_000,
    ...changes,
  }
}

interface Farm {
  readonly executor: RemoteExecutor
  readonly orchestratorSays: string[]
  readonly workerSays: string[]
  close(): Promise<void>
}

/** An orchestrator and a worker in this process. */
async function farm(
  source: ObjectiveSource,
  slots: number,
  offered: Partial<SessionOffer> = {},
  worker: { readonly token?: string | null; readonly codeVersion?: string } = {},
): Promise<Farm> {
  const prefix = `test-${prefixes++}`
  const address = readEngineAddress(redis.url, 'test')
  const orchestratorSays: string[] = []
  const workerSays: string[] = []
  const offer = await offerOf(source as ObjectiveSettings, offered)
  const say = (sentence: string): number => orchestratorSays.push(sentence)
  const executor = await RemoteExecutor.open({ address, prefix, offer, engineTimeoutMs: 60_000, say })
  const drain = new AbortController()
  const halt = new AbortController()
  const ended = runWorker({
    address,
    prefix,
    name: 'helper',
    slots,
    root: ROOT,
    cacheFolder: ROOT,
    codeVersion: worker.codeVersion ?? '1',
    token: worker.token ?? null,
    labels: [],
    memoryBytes: 2 ** 30,
    idleMs: null,
    kernels: { description: 'plain', arithmetic: 'fma', stepHash: '' },
    say: (sentence) => workerSays.push(sentence),
    drain: drain.signal,
    halt: halt.signal,
  })
  return {
    executor,
    orchestratorSays,
    workerSays,
    async close() {
      await executor.close()
      halt.abort()
      drain.abort()
      await ended
    },
  }
}

/** An executor that opens when it is first used. */
function opened(source: ObjectiveSource, slots: number): Executor {
  let opening: Promise<Farm> | null = null
  const open = (): Promise<Farm> => {
    opening ??= farm(source, slots)
    return opening
  }
  return {
    slots,
    run: async (task, onMeasurement, onRung) => (await open()).executor.run(task, onMeasurement, onRung),
    stop: (number) => void open().then(({ executor }) => executor.stop(number)),
    close: async () => (await open()).close(),
  }
}

describe.skipIf(!HAS_REDIS)('trials on workers of an engine', () => {
  const create = (file: string, slots: number): Executor => opened({ kind: 'module', file }, slots)
  checkExecutor(create, { test, after: afterAll }, { loadsHere: false })

  test('slots are those of the workers that take part', async () => {
    const { executor, close } = await farm({ kind: 'module', file: BEHAVIOURS }, 3)
    const { promise, resolve } = Promise.withResolvers<void>()
    const forget = executor.onSlotsChanged(resolve)
    if (executor.slots === 0) await promise
    forget()
    expect(executor.slots).toBe(3)
    await close()
    expect(executor.slots).toBe(0)
  })

  test("an outcome names its worker, and the worker's own slot", async () => {
    const { executor, close } = await farm({ kind: 'module', file: BEHAVIOURS }, 1)
    const outcome = await executor.run({ ...trial('well'), slot: 7 }, () => {})
    expect([outcome.host, outcome.slot]).toEqual(['helper', 0])
    await close()
  })

  test.for([
    ['another version', {}, { codeVersion: '2' }, 'it runs finesweep 2, the study 1'],
    ['a token that it was not given', { tokenHash: 'x' }, {}, 'its token is not that of the study'],
    ['a token of another study', {}, { token: 'secret' }, 'its token is not that of the study'],
    [
      'another objective',
      { fingerprints: { data: null, objective: 'other' } },
      {},
      'its objective differs from that of the study',
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
      const { executor, orchestratorSays, workerSays, close } = await farm(
        { kind: 'module', file: BEHAVIOURS },
        1,
        offered,
        worker,
      )
      await expect.poll(() => orchestratorSays.join('\n'), { timeout: 30_000 }).toContain(reason)
      expect(workerSays.join('\n')).toContain(reason)
      expect(executor.slots).toBe(0)
      await close()
    },
  )
})
