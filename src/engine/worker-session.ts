import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { createExecutor } from '../execute/create.ts'
import type { Executor, RungVerdict } from '../execute/executor.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import {
  type ControlMessage,
  decodeSpec,
  type EngineKeys,
  encodeOutcome,
  encodeReport,
  LARGEST_RESULT,
  type LateOutcome,
  outcomeHash,
  PAYLOAD_SECONDS,
  PRESENCE_SECONDS,
  queueName,
  type SessionOffer,
  type TrialJob,
  type TrialResult,
} from './protocol.ts'
import type { BullMQ } from './queue-library.ts'
import type { Slots } from './slots.ts'

/** How often a trial that waits at a rung says so. */
const ASK_EVERY_MS = 2_000

export interface WorkerSessionOptions {
  readonly bullmq: BullMQ
  readonly redis: Redis
  readonly keys: EngineKeys
  readonly session: string
  readonly offer: SessionOffer
  readonly source: ObjectiveSource
  /** The worker's name. */
  readonly name: string
  readonly slots: Slots
  readonly numSlots: number
  /** Called with a sentence for people. */
  readonly say: (sentence: string) => void
}

/** What a worker does for one study: it takes jobs, runs their trials, and reports. */
export class WorkerSession {
  readonly #options: WorkerSessionOptions
  readonly #executor: Executor
  readonly #worker: Worker<TrialJob, TrialResult>
  readonly #connection: Redis
  readonly #subscriber: Redis
  readonly #running = new Set<number>()
  /** Trials that wait at a rung, by job and step. */
  readonly #waiting = new Map<string, (verdict: RungVerdict) => void>()
  /** Jobs that somebody else may have taken over. */
  readonly #lostJobs = new Set<string>()
  #finished = 0
  #closing = false

  constructor(options: WorkerSessionOptions) {
    this.#options = options
    const { bullmq, redis, keys, session, offer, source, numSlots, say, name } = options
    this.#executor = createExecutor(source, {
      workers: numSlots,
      heapLimitMb: offer.heapMb,
      onPrint: (text, trial) => say(trial === null ? text.trimEnd() : `trial ${trial}: ${text.trimEnd()}`),
    })
    this.#connection = redis.duplicate()
    this.#connection.on('error', () => {})
    this.#worker = new bullmq.Worker<TrialJob, TrialResult>(queueName(session), (job) => this.#run(job), {
      connection: this.#connection,
      prefix: keys.prefix,
      name,
      concurrency: numSlots,
      lockDuration: offer.lockMs,
      stalledInterval: Math.ceil(offer.lockMs / 2),
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      drainDelay: 2,
      runRetryDelay: 500,
    })
    this.#worker.on('error', () => {})
    this.#worker.on('lockRenewalFailed', (jobs) => {
      for (const job of jobs) this.#lostJobs.add(job)
    })
    this.#subscriber = redis.duplicate()
    this.#subscriber.on('error', () => {})
    this.#subscriber.on('message', (_channel, text) => this.#control(JSON.parse(text) as ControlMessage))
    this.#subscriber.subscribe(keys.control(session)).catch(() => {})
  }

  get study(): string {
    return this.#options.offer.study
  }

  /** Numbers of the trials that run now. */
  get running(): readonly number[] {
    return [...this.#running]
  }

  get finished(): number {
    return this.#finished
  }

  /** Says that this worker takes part; to be said again before it expires. */
  async announce(): Promise<void> {
    const { redis, keys, session, name, numSlots } = this.#options
    await redis
      .multi()
      .sadd(keys.members(session), name)
      .expire(keys.members(session), PAYLOAD_SECONDS)
      .set(keys.member(session, name), JSON.stringify({ slots: numSlots }), 'EX', PRESENCE_SECONDS)
      .exec()
  }

  /** Takes no further job, and lets the running trials end. */
  async drain(): Promise<void> {
    await this.#leave()
    await this.#worker.close()
    await this.close()
  }

  /** Ends what runs at once. Its trials run again elsewhere. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    await this.#leave()
    for (const decide of this.#waiting.values()) decide('stop')
    await this.#executor.close()
    await this.#worker.close(true)
    // BullMQ does not close what it was given.
    this.#connection.disconnect()
    this.#subscriber.disconnect()
  }

  async #leave(): Promise<void> {
    const { redis, keys, session, name } = this.#options
    if (redis.status !== 'ready') return
    await redis
      .multi()
      .srem(keys.members(session), name)
      .del(keys.member(session, name))
      .exec()
      .catch(() => {})
  }

  async #run(job: Job<TrialJob, TrialResult>): Promise<TrialResult> {
    const { slots, say, offer } = this.#options
    const { attempt, timeoutMs, rungs, artifactFloor } = job.data
    const spec = decodeSpec(job.data.spec)
    const slot = await slots.take()
    this.#running.add(spec.number)
    try {
      const continued = job.data.continued ? await this.#weightsToContinue(job.id!) : null
      let reports = Promise.resolve()
      const report = (measurement: TimedMeasurement, rung: boolean): void => {
        // One after the other; the outcome holds all of them again, so losing one does no harm.
        reports = reports.then(() => job.updateProgress(encodeReport({ measurement, rung }))).catch(() => {})
      }
      const outcome = await this.#executor.run(
        { spec, continued, slot, attempt, timeoutMs, rungs, artifactFloor },
        (measurement) => report(measurement, false),
        (measurement) => this.#verdictOn(job.id!, measurement.step, () => report(measurement, true)),
      )
      await reports
      if (outcome.state === 'stopped' && this.#closing) throw new Error('the worker was ended')
      this.#finished++
      const seconds = (outcome.durationMs / 1000).toFixed(1)
      const value = outcome.measurements.at(-1)?.value
      say(
        `${offer.study} trial ${spec.number}: ${outcome.state}${value === undefined ? '' : ` ${value}`}, ${seconds} s`,
      )
      return await this.#handOver(job, { ...outcome, slot, host: this.#options.name })
    } finally {
      this.#running.delete(spec.number)
      slots.give(slot)
    }
  }

  async #weightsToContinue(job: string): Promise<Uint8Array> {
    const { redis, keys, session } = this.#options
    const bytes = await redis.getBuffer(keys.continued(session, job))
    if (bytes === null) throw new Error('the weights to continue have expired')
    return new Uint8Array(bytes)
  }

  /** Puts large values under separate keys, which expire; the job's result stays small. */
  async #handOver(job: Job<TrialJob, TrialResult>, outcome: TrialOutcome): Promise<TrialResult> {
    const { redis, keys, session, name } = this.#options
    const id = job.id!
    if (this.#lostJobs.delete(id)) await this.#reportLate(job, outcome)
    const wanted = outcome.artifact !== null && isWanted(outcome, job.data)
    if (wanted) await redis.setex(keys.artifact(session, id), PAYLOAD_SECONDS, Buffer.from(outcome.artifact!))
    const text = encodeOutcome(outcome)
    const isLarge = text.length > LARGEST_RESULT
    if (isLarge) await redis.setex(keys.outcome(session, id), PAYLOAD_SECONDS, text)
    return { outcome: isLarge ? null : text, artifact: wanted, worker: name }
  }

  /** Somebody else may have run the trial by now: both must have measured the same. */
  async #reportLate(job: Job<TrialJob, TrialResult>, outcome: TrialOutcome): Promise<void> {
    const { redis, keys, session, name } = this.#options
    if (outcome.state === 'stopped') return
    const late: LateOutcome = {
      trial: decodeSpec(job.data.spec).number,
      hash: outcomeHash(outcome),
      worker: name,
    }
    await redis
      .multi()
      .rpush(keys.late(session), JSON.stringify(late))
      .expire(keys.late(session), PAYLOAD_SECONDS)
      .exec()
  }

  /** Says that the trial waits until the verdict is there: what is said and what is answered may be lost on the way. */
  #verdictOn(job: string, step: number, ask: () => void): Promise<RungVerdict> {
    const { promise, resolve } = Promise.withResolvers<RungVerdict>()
    const name = `${job} ${step}`
    ask()
    const timer = setInterval(ask, ASK_EVERY_MS)
    this.#waiting.set(name, resolve)
    return promise.finally(() => {
      clearInterval(timer)
      this.#waiting.delete(name)
    })
  }

  #control(message: ControlMessage): void {
    if ('verdict' in message) this.#waiting.get(`${message.job} ${message.step}`)?.(message.verdict)
    else if ('stop' in message) this.#stop(message.stop)
    else for (const trial of this.#running) this.#stop(trial)
  }

  #stop(trial: number): void {
    this.#executor.stop(trial)
    for (const [name, decide] of this.#waiting) if (name.startsWith(`${trial}.`)) decide('stop')
  }
}

function isWanted({ measurements }: TrialOutcome, { artifactFloor }: TrialJob): boolean {
  if (artifactFloor === null) return true
  const value = measurements.at(-1)?.value
  if (value === undefined) return false
  return artifactFloor.direction === 'maximize' ? value >= artifactFloor.value : value <= artifactFloor.value
}
