import { hostname } from 'node:os'
import { readEngineAddress } from '../../src/engine/engine-address.ts'
import { PROTOCOL, type SessionOffer } from '../../src/engine/protocol.ts'
import { fromRoot } from '../../src/engine/relocate.ts'
import { RemoteExecutor } from '../../src/engine/remote-executor.ts'
import { StudyFolders } from '../../src/engine/study-folders.ts'
import { runWorker, type WorkerOptions } from '../../src/engine/worker-node.ts'
import { kindOf } from '../../src/objective/kinds.ts'
import type { ObjectiveSettings } from '../../src/objective/source.ts'
import { ROOT } from './farm.ts'

/** How a worker computes that is in order. */
export const KERNELS = { description: 'plain', arithmetic: 'fma', stepHash: '', isRight: true } as const

/** What a session of a study with this objective asks of its workers. */
export async function offerOf(
  settings: ObjectiveSettings,
  changes: Partial<SessionOffer> = {},
): Promise<SessionOffer> {
  const opened = await kindOf(settings).open(settings, {})
  return {
    protocol: PROTOCOL,
    codeVersion: '1',
    study: 'behaviours',
    stages: ['only'],
    host: hostname(),
    tokenHash: null,
    objective: fromRoot(settings, ROOT),
    fingerprints: { data: opened.data?.hash ?? null, objective: opened.fingerprint },
    arithmetic: '',
    heapMb: 256,
    // Longer than a busy machine lets a process wait.
    lockMs: 20_000,
    ...changes,
  }
}

/** An executor, and what its orchestrator says. */
export async function offer(url: string, prefix: string, offer: SessionOffer) {
  const says: string[] = []
  const executor = await RemoteExecutor.open({
    address: readEngineAddress(url, 'test'),
    prefix,
    lockMs: offer.lockMs,
    engineTimeoutMs: 60_000,
    say: (sentence) => says.push(sentence),
  })
  const place = { study: offer.study, stages: offer.stages, folder: '', isTemporary: false }
  executor.begin(offer, new StudyFolders({ place, keep: null, isContinued: () => false, say: () => {} }))
  return { executor, says }
}

/** A worker in this process, and what it says. */
export function work(url: string, prefix: string, changes: Partial<WorkerOptions> = {}) {
  const says: string[] = []
  const drain = new AbortController()
  const halt = new AbortController()
  const ended = runWorker({
    address: readEngineAddress(url, 'test'),
    prefix,
    name: 'helper',
    slots: 1,
    root: ROOT,
    cacheFolder: ROOT,
    codeVersion: '1',
    token: null,
    labels: [],
    memoryBytes: 2 ** 30,
    idleMs: null,
    kernels: KERNELS,
    say: (sentence) => says.push(sentence),
    drain: drain.signal,
    halt: halt.signal,
    ...changes,
  })
  return {
    says,
    ended,
    /** As after Ctrl-C: what runs ends first. */
    drain: () => drain.abort(),
    async close() {
      halt.abort()
      drain.abort()
      await ended
    },
  }
}
