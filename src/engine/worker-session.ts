import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { createExecutor } from '../execute/create.ts'
import type { Executor } from '../execute/executor.ts'
import { describeWarning } from '../execute/output.ts'
import { kindOf } from '../objective/kinds.ts'
import { atPlace, type ObjectiveSource } from '../objective/source.ts'
import type { TrialOutcome, TrialSpec } from '../trial.ts'
import { AttemptFolders } from './attempt-folders.ts'
import { anotherConnection } from './connection.ts'
import { JobReports } from './job-reports.ts'
import type { Membership } from './membership.ts'
import {
  type ControlMessage,
  decodeSpec,
  type EngineKeys,
  encodeOutcome,
  isArtifactWanted,
  isComparable,
  LARGEST_RESULT,
  type LateOutcome,
  outcomeHash,
  PAYLOAD_SECONDS,
  queueName,
  type SessionOffer,
  type TrialJob,
  type TrialResult,
  type Unsent,
  WORKER_ENDED,
} from './protocol.ts'
import type { BullMQ } from './queue-library.ts'
import { RungQuestions } from './rung-questions.ts'
import type { Slots } from './slots.ts'

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
  readonly membership: Membership
  /** Called with a sentence for people. */
  readonly say: (sentence: string) => void
}

/** How an attempt ended, and why its folder stays here, if it does. */
interface Ended {
  readonly outcome: TrialOutcome
  readonly unsent: Unsent | null
}

/** How long it waits before it tries again to leave a value at a server that refused it. */
const RETRY_MS = 1_000

/** How long a server may take for the end of what runs. */
const CLOSE_MS = 5_000

/** What a worker does for one study: it takes jobs, runs their trials, and reports. */
export class WorkerSession {
  readonly #options: WorkerSessionOptions
  readonly #executor: Executor
  readonly #worker: Worker<TrialJob, TrialResult>
  readonly #connection: Redis
  readonly #subscriber: Redis
  /** Whether trials of this kind may have folders. */
  readonly #hasFolders: boolean
  readonly #running = new Set<number>()
  /** Called each time a trial ends. */
  readonly #waiting: (() => void)[] = []
  readonly #questions = new RungQuestions()
  /** Jobs that somebody else may have taken over. */
  readonly #lostJobs = new Set<string>()
  #finished = 0
  #lastBusyAt = performance.now()
  #closing = false

  constructor(options: WorkerSessionOptions) {
    this.#options = options
    const { bullmq, redis, keys, session, offer, source, numSlots, say, name } = options
    const { study, stages } = offer
    this.#hasFolders = kindOf(offer.objective).keptFolders(offer.objective) !== null
    const place = { study, stages, folder: '', isTemporary: true }
    this.#executor = createExecutor(atPlace(source, place), {
      workers: numSlots,
      heapLimitMb: offer.heapMb,
      onPrint: (text, trial) => say(trial === null ? text.trimEnd() : `trial ${trial}: ${text.trimEnd()}`),
      onWarning: (sentence, trial) => {
        say(describeWarning(`${study} trial ${trial}`, sentence))
        options.membership.warn(trial, sentence)
      },
    })
    this.#connection = anotherConnection(redis)
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
    this.#subscriber = anotherConnection(redis)
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

  /** When it last ran a trial, or was opened: milliseconds of `performance.now`. */
  get lastBusyAt(): number {
    return this.#running.size > 0 ? performance.now() : this.#lastBusyAt
  }

  /** Takes no further job, and lets the running trials end. */
  async drain(): Promise<void> {
    const isAway = this.#options.redis.status !== 'ready'
    // Without a server there is none to take, and what has ended waits for it.
    if (!isAway || this.#running.size > 0) {
      // BullMQ's `close` does not wait for jobs whenever its connection fails, and no longer renews their locks.
      await this.#worker.pause(true)
      await this.#allEnded()
      await this.#worker.close()
      // One that was being taken meanwhile.
      await this.#allEnded()
    }
    await this.close()
  }

  async #allEnded(): Promise<void> {
    while (this.#running.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Ends what runs at once. Its trials run again elsewhere. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    this.#questions.close()
    await this.#executor.close()
    const closed = this.#worker.close(true).catch(() => {})
    // Without a server it would wait for one.
    if (this.#options.redis.status === 'ready')
      await Promise.race([closed, setTimeout(CLOSE_MS, undefined, { ref: false })])
    // BullMQ does not close what it was given.
    this.#connection.disconnect()
    this.#subscriber.disconnect()
  }

  async #run(job: Job<TrialJob, TrialResult>): Promise<TrialResult> {
    const { slots, say, offer, name } = this.#options
    const began = performance.now()
    const spec = decodeSpec(job.data.spec)
    const slot = await slots.take()
    this.#running.add(spec.number)
    try {
      const { outcome, unsent } = await this.#trial(job, spec, slot)
      if (outcome.state === 'stopped' && this.#closing) throw new Error(WORKER_ENDED)
      this.#finished++
      const seconds = (outcome.durationMs / 1000).toFixed(1)
      const value = outcome.measurements.at(-1)?.value
      say(
        `${offer.study} trial ${spec.number}: ${outcome.state}${value === undefined ? '' : ` ${value}`}, ${seconds} s`,
      )
      // A process that was paused may find out that its lock has expired only after the trial.
      const mayBeLate = this.#lostJobs.delete(job.id!) || performance.now() - began > offer.lockMs
      if (mayBeLate) await this.#reportIfLate(job, outcome)
      return await this.#handOver(job, { ...outcome, slot, host: name }, unsent)
    } catch (error) {
      const { message } = error as Error
      if (message !== WORKER_ENDED)
        say(`${offer.study} trial ${spec.number} could not be run here: ${message}.`)
      throw error
    } finally {
      this.#running.delete(spec.number)
      this.#lastBusyAt = performance.now()
      slots.give(slot)
      for (const ended of this.#waiting.splice(0)) ended()
    }
  }

  async #trial(job: Job<TrialJob, TrialResult>, spec: TrialSpec, slot: number): Promise<Ended> {
    const { attempt, timeoutMs, rungs } = job.data
    const sent = job.data.continued ? await this.#toContinue(job.id!) : null
    const folders = this.#hasFolders ? new AttemptFolders(spec, sent) : null
    const continued = folders === null ? sent : folders.continued
    const reports = new JobReports(job)
    try {
      const outcome = await this.#executor.run(
        { spec, continued, slot, attempt, timeoutMs, rungs, folders: folders?.folders ?? null },
        (measurement) => reports.measured(measurement),
        ({ step }) => this.#questions.verdict(job.id!, step, () => reports.atRung()),
      )
      await reports.end()
      await this.#options.membership.warned()
      if (folders === null || outcome.artifact === null || !isArtifactWanted(outcome, job.data))
        return { outcome, unsent: null }
      const { artifact, unsent } = folders.toSend(outcome.artifact)
      return { outcome: { ...outcome, artifact }, unsent }
    } finally {
      folders?.remove()
    }
  }

  async #toContinue(job: string): Promise<Uint8Array> {
    const { redis, keys, session } = this.#options
    const bytes = await redis.getBuffer(keys.continued(session, job))
    if (bytes === null) throw new Error('the checkpoint to continue from has expired')
    return new Uint8Array(bytes)
  }

  /** Puts large values under separate keys, which expire; the job's result stays small. */
  async #handOver(
    job: Job<TrialJob, TrialResult>,
    outcome: TrialOutcome,
    unsent: Unsent | null,
  ): Promise<TrialResult> {
    const { keys, session, name } = this.#options
    const id = job.id!
    const wanted = outcome.artifact !== null && isArtifactWanted(outcome, job.data)
    if (wanted) await this.#leaveThere(keys.artifact(session, id), Buffer.from(outcome.artifact!))
    const text = encodeOutcome(outcome)
    const isLarge = text.length > LARGEST_RESULT
    if (isLarge) await this.#leaveThere(keys.outcome(session, id), text)
    return { outcome: isLarge ? null : text, artifact: wanted, unsent, worker: name, host: hostname() }
  }

  /** Waits while the server accepts no writes: that its memory is full must not cost a trial. */
  async #leaveThere(key: string, value: Buffer | string): Promise<void> {
    const { redis, say } = this.#options
    for (let told = false; ; told = true) {
      try {
        await redis.setex(key, PAYLOAD_SECONDS, value)
        return
      } catch (error) {
        if (this.#closing) throw new Error(WORKER_ENDED)
        if (!told)
          say(`The engine does not accept a trial's results: ${(error as Error).message}; trying again.`)
        await setTimeout(RETRY_MS)
      }
    }
  }

  /** Somebody else may have run the trial by now: both must have measured the same. */
  async #reportIfLate(job: Job<TrialJob, TrialResult>, outcome: TrialOutcome): Promise<void> {
    const { redis, keys, session, name } = this.#options
    if (!isComparable(outcome)) return
    const lock = await redis.get(this.#worker.toKey(`${job.id}:lock`))
    if (lock !== null && lock === job.token) return
    const late: LateOutcome = {
      trial: decodeSpec(job.data.spec).number,
      attempt: job.data.attempt,
      hash: outcomeHash(outcome),
      worker: name,
      host: hostname(),
    }
    await redis
      .multi()
      .rpush(keys.late(session), JSON.stringify(late))
      .expire(keys.late(session), PAYLOAD_SECONDS)
      .exec()
  }

  #control(message: ControlMessage): void {
    if ('stop' in message) this.#stop(message.stop)
    else if ('verdict' in message) this.#questions.answer(message.job, message.step, message.verdict)
    else for (const trial of this.#running) this.#stop(trial)
  }

  #stop(trial: number): void {
    this.#executor.stop(trial)
    this.#questions.stop(trial)
  }
}
