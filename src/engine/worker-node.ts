import type { Redis } from 'ioredis'
import { describeError, UserError } from '../errors.ts'
import type { OpenedObjective } from '../objective/kind.ts'
import { kindOf } from '../objective/kinds.ts'
import { connectEngine, firstWrites } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { Membership } from './membership.ts'
import { Presence, type PresenceOptions } from './presence.ts'
import { EngineKeys, PAYLOAD_SECONDS, queueName, type SessionOffer } from './protocol.ts'
import { expireQueue } from './queue-keys.ts'
import { type BullMQ, loadQueueLibrary } from './queue-library.ts'
import { toRoot } from './relocate.ts'
import { repeat } from './repeat.ts'
import { bytesOf, differenceOf, type WorkerTraits, whyNotHere } from './sameness.ts'
import { Slots } from './slots.ts'
import { pause, whenAborted } from './waits.ts'
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
  readonly kernels: WorkerTraits['kernels'] & PresenceOptions['kernels']
  readonly say: (sentence: string) => void
  /** Once aborted, no trial begins; those that run end. */
  readonly drain: AbortSignal
  /** Once aborted, everything ends. */
  readonly halt: AbortSignal
}

/** How often it says that it is there: more often than any membership expires. */
const ANNOUNCE_EVERY_MS = 900
/** How often sessions are looked for. */
const LOOK_EVERY_MS = 500
/** A session whose offer is gone for this long has ended; a server that restarts has it back sooner. */
const GONE_MS = 20_000

interface Joined {
  readonly session: WorkerSession
  readonly membership: Membership
  readonly bytes: number
  goneSince: number | null
}

/**
 * Runs trials of every study that is offered at an engine and measures the same here as where it began, until it is
 * told to end.
 * @throws UserError('engine') if the engine cannot be reached at the start
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const libraries = await loadQueueLibrary()
  const { address, say } = options
  let hasEnded = false
  const redis = await connectEngine(libraries, address, {
    onLost: () => {
      if (!hasEnded) say(`The engine ${address.shown} cannot be reached; running trials continue.`)
    },
    onBack: () => say(`The engine ${address.shown} is back.`),
    say,
  })
  const node = new WorkerNode(options, redis, libraries.bullmq)
  try {
    await node.run()
  } finally {
    hasEnded = true
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
  readonly #presence: Presence
  /** Studies whose data were dropped until a trial waits. It still counts as theirs: nobody sends trials to no worker. */
  readonly #dropped = new Map<string, Membership>()
  #joining = 0
  #finished = 0
  #lastBusyAt = performance.now()
  /** Once it takes no further study. */
  #isEnding = false

  constructor(options: WorkerOptions, redis: Redis, bullmq: BullMQ) {
    this.#options = options
    this.#redis = redis
    this.#bullmq = bullmq
    this.#keys = new EngineKeys(options.prefix)
    this.#slots = new Slots(options.slots)
    this.#presence = new Presence(options, redis, this.#keys)
  }

  async run(): Promise<void> {
    const { drain, halt, name, slots, address, root, idleMs, say } = this.#options
    say(
      `Worker ${name}: ${slots} ${slots === 1 ? 'slot' : 'slots'} for the studies at ${address.shown}, files in ${root}.`,
    )
    await firstWrites(address, () => this.#presence.takeName())
    // Neither is awaited: a server that is away must not keep the worker from ending.
    const repeated = [
      repeat(LOOK_EVERY_MS, () => this.#look()),
      repeat(ANNOUNCE_EVERY_MS, () => this.#announce()),
    ]
    while (!drain.aborted && !this.#isIdle()) await pause(LOOK_EVERY_MS, drain)
    this.#isEnding = true
    for (const end of repeated) end()
    if (!drain.aborted) say(`No trial for ${idleMs! / 1000} s; shutting down.`)
    await Promise.all(this.#memberships().map((membership) => membership.leave()))
    const halted = whenAborted(halt)
    await Promise.race([Promise.all(this.#sessions().map((session) => session.drain())), halted])
    await Promise.all(this.#sessions().map((session) => session.close()))
    await this.#presence.goodbye()
  }

  #sessions(): WorkerSession[] {
    return [...this.#joined.values()].map(({ session }) => session)
  }

  #memberships(): Membership[] {
    return [...this.#joined.values().map(({ membership }) => membership), ...this.#dropped.values()]
  }

  #isIdle(): boolean {
    const { idleMs } = this.#options
    const busyAt = this.#sessions().map(({ lastBusyAt }) => lastBusyAt)
    this.#lastBusyAt = Math.max(this.#lastBusyAt, ...busyAt, this.#joining > 0 ? performance.now() : 0)
    return idleMs !== null && performance.now() - this.#lastBusyAt > idleMs
  }

  async #look(): Promise<void> {
    const ids = await this.#redis.smembers(this.#keys.sessions)
    const offers = ids.length === 0 ? [] : await this.#redis.mget(ids.map((id) => this.#keys.offer(id)))
    const alive = new Map<string, SessionOffer>()
    for (const [i, id] of ids.entries()) {
      const text = offers[i]
      if (text != null) alive.set(id, JSON.parse(text) as SessionOffer)
      else if (!this.#joined.has(id)) await this.#clearAway(id)
    }
    for (const [id, offer] of alive) {
      if (this.#seen.has(id) || (this.#dropped.has(id) && !(await this.#hasWaiting(id)))) continue
      this.#seen.add(id)
      // Not awaited: while it reads data, the other studies go on.
      void this.#tryToJoin(id, offer)
    }
    for (const id of this.#dropped.keys()) if (!alive.has(id)) this.#dropped.delete(id)
    const now = performance.now()
    for (const [id, joined] of this.#joined) {
      joined.goneSince = alive.has(id) ? null : (joined.goneSince ?? now)
      if (joined.goneSince !== null && now - joined.goneSince > GONE_MS) await this.#forget(id, joined)
    }
  }

  /** The orchestrator of the session was killed: nobody else removes it. */
  async #clearAway(id: string): Promise<void> {
    await expireQueue(this.#redis, this.#keys.prefix, id)
    await this.#redis.srem(this.#keys.sessions, id)
  }

  async #hasWaiting(id: string): Promise<boolean> {
    return (await this.#redis.llen(`${this.#options.prefix}:${queueName(id)}:wait`)) > 0
  }

  async #tryToJoin(id: string, offer: SessionOffer): Promise<void> {
    this.#joining++
    try {
      await this.#join(id, offer)
    } catch (error) {
      // It is tried again; what happens to the connection is reported by its own listener.
      this.#seen.delete(id)
      if (this.#redis.status === 'ready' && !this.#options.drain.aborted) {
        this.#options.say(`Cannot join study ${offer.study} of ${offer.host}: ${(error as Error).message}`)
        this.#seen.add(id)
      }
    } finally {
      this.#joining--
    }
  }

  /** Proves that trials measure the same here, and takes part; or says why not, here and there. */
  async #join(id: string, offer: SessionOffer): Promise<void> {
    const { say, name } = this.#options
    const reason = whyNotHere(this.#options, offer)
    if (reason !== null) return this.#refuse(id, offer, reason)
    let opened: OpenedObjective
    try {
      const settings = toRoot(offer.objective, this.#options.root)
      opened = await kindOf(settings).open(settings, {
        cacheFolder: this.#options.cacheFolder,
        signal: this.#options.drain,
      })
    } catch (error) {
      if (this.#options.drain.aborted) return
      const wrong = error instanceof UserError ? error : new UserError('usage', (error as Error).message)
      return this.#refuse(id, offer, describeError(wrong))
    }
    const difference = differenceOf(offer, opened)
    if (difference !== null) return this.#refuse(id, offer, difference)
    // A study that came just as this worker was idle for long enough: its trials would be cut off.
    if (this.#isEnding || this.#options.drain.aborted) return
    const membership = this.#membershipOf(id, offer)
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
      membership,
      say,
    })
    this.#dropped.delete(id)
    this.#joined.set(id, { session, membership, bytes: bytesOf(opened), goneSince: null })
    // Without a server, the next announcement says it.
    await membership.announce().catch(() => {})
    say(`Joined study ${offer.study} of ${offer.host}.`)
    await this.#keepWithinMemory()
  }

  #membershipOf(session: string, { lockMs }: SessionOffer): Membership {
    const { name, slots } = this.#options
    return new Membership({ redis: this.#redis, keys: this.#keys, session, name, slots, lockMs })
  }

  async #refuse(id: string, offer: SessionOffer, reason: string): Promise<void> {
    const { say, name } = this.#options
    say(`Cannot run study ${offer.study} of ${offer.host}: ${reason}`)
    await this.#redis
      .multi()
      .hset(this.#keys.refusals(id), name, reason)
      .expire(this.#keys.refusals(id), PAYLOAD_SECONDS)
      .exec()
  }

  /** Says what it is and runs now, to Redis and to the sessions. */
  async #announce(): Promise<void> {
    const sessions = this.#sessions()
    await this.#presence.announce({
      running: sessions.flatMap(({ study, running }) => running.map((trial) => ({ study, trial }))),
      finished: this.#finished + sessions.reduce((sum, { finished }) => sum + finished, 0),
    })
    await Promise.all(this.#memberships().map((membership) => membership.announce()))
  }

  async #forget(id: string, { session, membership }: Joined): Promise<void> {
    await membership.leave()
    await session.close()
    this.#remove(id, session)
    this.#options.say(`Left study ${session.study}: it has ended, or its host no longer responds.`)
  }

  #remove(id: string, { finished }: WorkerSession): void {
    if (!this.#joined.delete(id)) return
    this.#seen.delete(id)
    this.#finished += finished
  }

  /** Data not used for longest are dropped first, those of running trials never; they are read again when a trial waits. */
  async #keepWithinMemory(): Promise<void> {
    const kept = [...this.#joined].filter(([id]) => !this.#dropped.has(id))
    const byUse = kept.sort(([, a], [, b]) => a.session.lastBusyAt - b.session.lastBusyAt)
    let bytes = byUse.reduce((sum, [, joined]) => sum + joined.bytes, 0)
    for (const [id, { session, membership, bytes: own }] of byUse.slice(0, -1)) {
      if (bytes <= this.#options.memoryBytes) return
      if (own === 0 || session.running.length > 0) continue
      bytes -= own
      this.#dropped.set(id, membership)
      // A trial that has arrived by now ends first.
      await session.drain()
      this.#remove(id, session)
      this.#options.say(`Unloaded the data of study ${session.study} until it has a trial to run (--memory).`)
    }
  }
}
