import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { UserError } from '../errors.ts'
import type { OpenedObjective } from '../objective/kind.ts'
import { kindOf } from '../objective/kinds.ts'
import { connectEngine } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import {
  EngineKeys,
  PAYLOAD_SECONDS,
  PRESENCE_EVERY_MS,
  PRESENCE_SECONDS,
  PROTOCOL,
  type SessionOffer,
  sha256,
  type WorkerPresence,
} from './protocol.ts'
import { type BullMQ, loadQueueLibrary } from './queue-library.ts'
import { toRoot } from './relocate.ts'
import { Slots } from './slots.ts'
import { WorkerSession } from './worker-session.ts'

export interface WorkerOptions {
  readonly address: EngineAddress
  readonly prefix: string
  readonly name: string
  readonly slots: number
  /** The folder that holds data, modules and programs, absolute. */
  readonly root: string
  /** Where prepared data are cached. */
  readonly cacheFolder: string
  readonly codeVersion: string
  /** The token of the studies that it runs; null for those without one. */
  readonly token: string | null
  readonly labels: readonly string[]
  /** How many bytes of data it keeps; studies without a trial to run are forgotten beyond. */
  readonly memoryBytes: number
  /** Ends once no study has had a trial for it for this long; null never. */
  readonly idleMs: number | null
  /** How its kernels compute, with a hash of what a known step gives. */
  readonly kernels: { readonly description: string; readonly arithmetic: string; readonly stepHash: string }
  readonly say: (sentence: string) => void
  /** Once aborted, no trial begins; those that run end. */
  readonly drain: AbortSignal
  /** Once aborted, everything ends. */
  readonly halt: AbortSignal
}

/** How often sessions are looked for. */
const LOOK_EVERY_MS = 500
/** A session whose offer is gone for this long has ended; a server that restarts has it back sooner. */
const GONE_MS = 20_000

interface Joined {
  readonly session: WorkerSession
  readonly bytes: number
  goneSince: number | null
  lastBusyAt: number
}

/**
 * Runs trials of every study that is offered at an engine and measures the same here as where it began, until it is
 * told to end.
 * @throws UserError('engine') if the engine cannot be reached at the start
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const libraries = await loadQueueLibrary()
  const { address, say } = options
  const redis = await connectEngine(libraries, address, {
    onLost: () => say(`The engine ${address.shown} cannot be reached; running trials continue.`),
    onBack: () => say(`The engine ${address.shown} is back.`),
  })
  const node = new WorkerNode(options, redis, libraries.bullmq)
  try {
    await node.run()
  } finally {
    redis.disconnect()
  }
}

class WorkerNode {
  readonly #options: WorkerOptions
  readonly #redis: Redis
  readonly #bullmq: BullMQ
  readonly #keys: EngineKeys
  readonly #slots: Slots
  readonly #joined = new Map<string, Joined>()
  /** Sessions that are being opened, or were refused. */
  readonly #seen = new Set<string>()
  readonly #began = performance.now()
  #finished = 0
  #lastBusyAt = performance.now()

  constructor(options: WorkerOptions, redis: Redis, bullmq: BullMQ) {
    this.#options = options
    this.#redis = redis
    this.#bullmq = bullmq
    this.#keys = new EngineKeys(options.prefix)
    this.#slots = new Slots(options.slots)
  }

  async run(): Promise<void> {
    const { drain, halt, name, slots, address, root, say } = this.#options
    say(
      `Worker ${name}: ${slots} ${slots === 1 ? 'slot' : 'slots'} for the studies at ${address.shown}, files in ${root}.`,
    )
    await this.#takeName()
    let announcedAt = -Infinity
    while (!drain.aborted && !this.#isIdle()) {
      try {
        await this.#look()
        if (performance.now() - announcedAt > PRESENCE_EVERY_MS) {
          await this.#announce()
          announcedAt = performance.now()
        }
      } catch {
        // The server is away, which the connection says; it is looked for again.
      }
      await pause(LOOK_EVERY_MS, drain)
    }
    const halted = whenAborted(halt)
    await Promise.race([Promise.all(this.#sessions().map((session) => session.drain())), halted])
    await Promise.all(this.#sessions().map((session) => session.close()))
    await this.#goodbye()
  }

  /** @throws UserError('usage') if another living worker has the name */
  async #takeName(): Promise<void> {
    const { name } = this.#options
    const text = await this.#redis.get(this.#keys.worker(name))
    if (text === null) return this.#announce()
    const { host, pid } = JSON.parse(text) as WorkerPresence
    if (host === hostname() && !isAlive(pid)) return this.#announce()
    throw new UserError('usage', `--name: worker ${name} already exists (process ${pid} on ${host})`, {
      hint: `Choose another name. One that was killed is forgotten after ${PRESENCE_SECONDS} s.`,
    })
  }

  #sessions(): WorkerSession[] {
    return [...this.#joined.values()].map(({ session }) => session)
  }

  #isIdle(): boolean {
    const { idleMs } = this.#options
    return idleMs !== null && performance.now() - this.#lastBusyAt > idleMs
  }

  async #look(): Promise<void> {
    const ids = await this.#redis.smembers(this.#keys.sessions)
    const offers = ids.length === 0 ? [] : await this.#redis.mget(ids.map((id) => this.#keys.offer(id)))
    const alive = new Map<string, SessionOffer>()
    for (const [i, id] of ids.entries()) {
      const text = offers[i]
      if (text != null) alive.set(id, JSON.parse(text) as SessionOffer)
      // Its orchestrator was killed: nobody else removes it.
      else if (!this.#joined.has(id)) await this.#redis.srem(this.#keys.sessions, id)
    }
    for (const [id, offer] of alive) {
      if (this.#seen.has(id)) continue
      this.#seen.add(id)
      await this.#join(id, offer)
    }
    const now = performance.now()
    for (const [id, joined] of this.#joined) {
      if (joined.session.running.length > 0) {
        joined.lastBusyAt = now
        this.#lastBusyAt = now
      }
      joined.goneSince = alive.has(id) ? null : (joined.goneSince ?? now)
      if (joined.goneSince !== null && now - joined.goneSince > GONE_MS) await this.#forget(id, joined)
    }
  }

  /** Proves that trials measure the same here, and takes part; or says why not, here and there. */
  async #join(id: string, offer: SessionOffer): Promise<void> {
    const { say, name } = this.#options
    const reason = this.#whyNot(offer)
    if (reason !== null) return this.#refuse(id, offer, reason)
    let opened: OpenedObjective
    try {
      const settings = toRoot(offer.objective, this.#options.root)
      opened = await kindOf(settings).open(settings, {
        cacheFolder: this.#options.cacheFolder,
        signal: this.#options.drain,
      })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      return this.#refuse(id, offer, `${error.message}.`)
    }
    const difference = differenceOf(offer, opened)
    if (difference !== null) return this.#refuse(id, offer, difference)
    const session = new WorkerSession({
      bullmq: this.#bullmq,
      redis: this.#redis,
      keys: this.#keys,
      session: id,
      offer,
      source: opened.source,
      name,
      slots: this.#slots,
      numSlots: this.#options.slots,
      say,
    })
    await session.announce()
    const now = performance.now()
    this.#joined.set(id, { session, bytes: bytesOf(opened), goneSince: null, lastBusyAt: now })
    say(`Joined study ${offer.study} of ${offer.host}.`)
    await this.#keepWithinMemory()
  }

  #whyNot(offer: SessionOffer): string | null {
    const { token, codeVersion, kernels } = this.#options
    if (offer.protocol !== PROTOCOL || offer.codeVersion !== codeVersion) {
      return `it runs finesweep ${codeVersion}, the study ${offer.codeVersion}. Install the same version on both.`
    }
    if (offer.tokenHash !== (token === null ? null : sha256(token))) {
      return 'its token is not that of the study. Give both the same --token.'
    }
    if (offer.arithmetic === 'fma' && kernels.arithmetic !== 'fma') {
      return `it computes in ${kernels.arithmetic}, the study in ${offer.arithmetic}. Set training.arithmetic: muladd, which every machine has.`
    }
    return null
  }

  async #refuse(id: string, offer: SessionOffer, reason: string): Promise<void> {
    const { say, name } = this.#options
    say(`Cannot run study ${offer.study} of ${offer.host}:  ${reason}`)
    await this.#redis
      .multi()
      .hset(this.#keys.refusals(id), name, reason)
      .expire(this.#keys.refusals(id), PAYLOAD_SECONDS)
      .exec()
  }

  async #announce(): Promise<void> {
    const { name, slots, labels, codeVersion, kernels } = this.#options
    const sessions = this.#sessions()
    const presence: WorkerPresence = {
      name,
      host: hostname(),
      pid: process.pid,
      slots,
      codeVersion,
      labels,
      running: sessions.flatMap(({ study, running }) => running.map((trial) => ({ study, trial }))),
      finished: this.#finished + sessions.reduce((sum, { finished }) => sum + finished, 0),
      kernels: kernels.description,
      stepHash: kernels.stepHash,
      upSeconds: (performance.now() - this.#began) / 1000,
    }
    await this.#redis
      .multi()
      .sadd(this.#keys.workers, name)
      .set(this.#keys.worker(name), JSON.stringify(presence), 'EX', PRESENCE_SECONDS)
      .exec()
    await Promise.all(sessions.map((session) => session.announce()))
  }

  async #goodbye(): Promise<void> {
    const { name } = this.#options
    if (this.#redis.status !== 'ready') return
    await this.#redis
      .multi()
      .srem(this.#keys.workers, name)
      .del(this.#keys.worker(name))
      .exec()
      .catch(() => {})
  }

  async #forget(id: string, { session }: Joined): Promise<void> {
    this.#joined.delete(id)
    this.#seen.delete(id)
    this.#finished += session.finished
    await session.close()
    this.#options.say(`${session.study} has ended, or its host is silent.`)
  }

  /** Studies that have had nothing to do for longest are forgotten first; their data are read again when they are back. */
  async #keepWithinMemory(): Promise<void> {
    const byUse = [...this.#joined].sort(([, a], [, b]) => a.lastBusyAt - b.lastBusyAt)
    let bytes = byUse.reduce((sum, [, joined]) => sum + joined.bytes, 0)
    for (const [id, joined] of byUse.slice(0, -1)) {
      if (bytes <= this.#options.memoryBytes) return
      if (joined.session.running.length > 0) continue
      bytes -= joined.bytes
      await this.#forget(id, joined)
    }
  }
}

/** What is measured here and there, if it differs. */
function differenceOf({ fingerprints }: SessionOffer, opened: OpenedObjective): string | null {
  const data = opened.data?.hash ?? null
  if (data !== fingerprints.data)
    return 'its data differ from those of the study. Copy them from that machine.'
  if (opened.fingerprint !== fingerprints.objective) {
    return 'its objective differs from that of the study. Copy its files from that machine.'
  }
  return null
}

function bytesOf({ data }: OpenedObjective): number {
  if (data === null) return 0
  // The parts share their arrays.
  const buffers = new Set(
    data.folds.flatMap(({ train, valid, test }) =>
      [train, valid, test].map((part) => part?.inputs.values.buffer),
    ),
  )
  return [...buffers].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Ends early once the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal }).catch(() => {})
}

function whenAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
