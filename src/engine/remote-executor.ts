import { randomUUID } from 'node:crypto'
import type { Job } from 'bullmq'
import { UserError } from '../errors.ts'
import type { Executor, TrialTask } from '../execute/executor.ts'
import { unstarted } from '../execute/outcome.ts'
import type { TrialOutcome } from '../trial.ts'
import { Backlog } from './backlog.ts'
import { firstWrites } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { EngineOutage } from './engine-outage.ts'
import { whoGivesWay } from './give-way.ts'
import { LateOutcomes } from './late-outcomes.ts'
import { Members } from './members.ts'
import { Outbox } from './outbox.ts'
import { Payloads } from './payloads.ts'
import {
  type ControlMessage,
  decodeOutcome,
  decodeProgress,
  EngineKeys,
  isComparable,
  outcomeHash,
  PRESENCE_EVERY_MS,
  PRESENCE_SECONDS,
  type Progress,
  SESSION_SECONDS,
  type SessionOffer,
  type TrialJob,
  type TrialResult,
  WORKER_ENDED,
} from './protocol.ts'
import { expireKeys, queueKeys } from './queue-keys.ts'
import { openRemoteQueue, type RemoteQueue } from './remote-queue.ts'
import { jobOf, type OnMeasurement, type OnRung, onThisClock, RemoteRun, unfinished } from './remote-run.ts'
import { repeat } from './repeat.ts'
import type { StudyFolders } from './study-folders.ts'

export interface RemoteOptions {
  readonly address: EngineAddress
  /** What all keys in Redis begin with; studies under different prefixes do not see each other's workers. */
  readonly prefix: string
  /** After which a silent worker's trial runs again elsewhere, milliseconds. */
  readonly lockMs: number
  /** How long the server may be away before the study gives up, milliseconds. */
  readonly engineTimeoutMs: number
  readonly say: (sentence: string) => void
}

/** How often jobs are looked for whose events may have been lost. */
const CHECK_EVERY_MS = 2_000
/** Jobs of one trial that workers may fail to finish before the study gives up. */
const MOST_LOSSES = 5

/**
 * An executor whose trials run on other machines: specs go out as jobs of a queue, measurements and outcomes come back.
 * It decides nothing and stores nothing; whatever Redis holds can be lost, and is asked for again.
 */
export class RemoteExecutor implements Executor {
  readonly #options: RemoteOptions
  readonly #keys: EngineKeys
  readonly #session = randomUUID().slice(0, 13)
  readonly #runs = new Map<string, RemoteRun>()
  readonly #late: LateOutcomes
  readonly #backlog = new Backlog()
  readonly #outage: EngineOutage
  /** What ends the work that is done again and again. */
  readonly #repeated: (() => void)[] = []
  #parts!: RemoteQueue
  #outbox!: Outbox
  #payloads!: Payloads
  #members!: Members
  #offer: SessionOffer | null = null
  #folders!: StudyFolders
  #failure: UserError | null = null
  #closing: Promise<void> | null = null
  #jobs = 0

  private constructor(options: RemoteOptions) {
    const { address, prefix, engineTimeoutMs, say } = options
    this.#options = options
    this.#keys = new EngineKeys(prefix)
    this.#late = new LateOutcomes(say)
    const onGivenUp = (failure: UserError): void => this.#fail(failure)
    this.#outage = new EngineOutage({ address, timeoutMs: engineTimeoutMs, say, onGivenUp })
  }

  /** @throws UserError('engine') if the libraries are not installed or the server cannot be reached */
  static async open(options: RemoteOptions): Promise<RemoteExecutor> {
    const executor = new RemoteExecutor(options)
    await firstWrites(options.address, () => executor.#start()).catch(async (error: unknown) => {
      executor.#outage.close()
      await executor.#parts?.close()
      throw error
    })
    return executor
  }

  /** Offers the trials of a study to workers. */
  begin(offer: SessionOffer, folders: StudyFolders): void {
    this.#offer = offer
    this.#folders = folders
    this.#announce().catch(() => {})
  }

  get slots(): number {
    return this.#closing === null ? this.#members.slots * this.#backlog.perSlot : 0
  }

  onSlotsChanged(changed: () => void): () => void {
    return this.#members.onChange(changed)
  }

  async run(task: TrialTask, onMeasurement: OnMeasurement, onRung?: OnRung): Promise<TrialOutcome> {
    if (this.#failure !== null) throw this.#failure
    if (this.#closing !== null) return unstarted('stopped', null)
    const run = new RemoteRun(task, this.#nextJob(task), onMeasurement, onRung)
    this.#runs.set(run.job, run)
    // A job that could not be sent is found missing by the next check.
    this.#send(run).catch(() => {})
    return run.outcome
  }

  stop(trial: number): void {
    this.#tell({ stop: trial })
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  async #start(): Promise<void> {
    const { address, prefix, lockMs, say } = this.#options
    const watch = { onLost: () => this.#outage.lost(), onBack: () => this.#back(), say }
    this.#parts = await openRemoteQueue({ address, prefix, session: this.#session, lockMs, watch })
    const { events, queue, redis, watcher } = this.#parts
    this.#outbox = new Outbox(queue, redis)
    this.#payloads = new Payloads(redis, this.#keys, this.#session)
    this.#members = new Members(redis, this.#keys, this.#session, say)
    events.on('progress', ({ jobId, data }) => this.#progressed(jobId, decodeProgress(String(data))))
    events.on('completed', ({ jobId, returnvalue }) => {
      void this.#complete(jobId, returnvalue as unknown as TrialResult).catch(() => {})
    })
    events.on('failed', ({ jobId, failedReason }) => this.#jobFailed(jobId, failedReason))
    await watcher.startStalledCheckTimer()
    await this.#announce()
    this.#repeated.push(
      repeat(PRESENCE_EVERY_MS, () => this.#announce()),
      repeat(1_000, () => this.#members.look()),
      repeat(CHECK_EVERY_MS, () => this.#check()),
    )
    await this.#members.look()
  }

  async #announce(): Promise<void> {
    const { queue, redis } = this.#parts
    try {
      // Before there is a study, that shows whether the server takes it.
      const offer = JSON.stringify(this.#offer)
      await redis.set(this.#keys.offer(this.#session), offer, 'EX', PRESENCE_SECONDS)
      if (this.#offer !== null) await redis.sadd(this.#keys.sessions, this.#session)
      const own = queueKeys((word) => queue.toKey(word))
      await redis.expire(this.#keys.sessions, SESSION_SECONDS)
      await expireKeys(redis, [...own, ...this.#runs.keys().map((job) => queue.toKey(job))])
    } catch (error) {
      // A connection that is lost is reported by its own listener.
      if (redis.status === 'ready') this.#outage.refused((error as Error).message)
      throw error
    }
    this.#outage.accepted()
  }

  async #send(run: RemoteRun): Promise<void> {
    const { spec, continued } = run.task
    const sent = continued && this.#orFail(() => this.#folders.toSend(spec, continued))
    if (sent !== null) await this.#payloads.send(run.job, sent)
    const job = jobOf(this.#folders.wanting(run.task))
    await this.#outbox.send(`${this.#offer!.study} ${spec.number}`, run.job, job)
  }

  #progressed(job: string, progress: Progress): void {
    const run = this.#runs.get(job)
    const step = progress.measurements.at(-1)?.step
    if (run === undefined || run.settled) {
      // Another worker has run the trial meanwhile: without a verdict, this one would wait to the study's end.
      if (progress.rung) this.#tell({ verdict: 'stop', job, step: step! })
      return
    }
    run.measured(progress.from, progress.measurements)
    run
      .verdictAt(progress)
      ?.then((verdict) => this.#tell({ verdict, job, step: step! }))
      .catch(() => {})
  }

  /** Fetches what the job left and ends its run; an outcome that arrives twice counts once. */
  async #complete(job: string, result: TrialResult): Promise<void> {
    const run = this.#runs.get(job)
    if (run === undefined || run.settled) return
    const left = await this.#payloads.fetch(job, result)
    if (run.settled) return
    // What expired is gone: the trial gives the same again.
    if (left === null) return this.#loseJob(run)
    const outcome = onThisClock(decodeOutcome(left.outcome))
    const { spec, attempt } = run.task
    if (isComparable(outcome)) {
      const { worker, host } = result
      this.#late.counts({ trial: spec.number, attempt, hash: outcomeHash(outcome), worker, host })
    }
    run.measured(0, outcome.measurements)
    const arrived = { artifact: left.artifact, unsent: result.unsent, from: result.worker }
    const artifact = this.#orFail(() => this.#folders.arrived(spec, arrived))
    this.#runs.delete(job)
    run.resolve({ ...outcome, artifact })
    if (this.#backlog.ended(outcome.durationMs)) this.#members.notify()
    // The job itself is removed by later ones.
    await this.#payloads.forget(job, result, run.task.continued !== null)
  }

  /** A folder that cannot be used ends the study. */
  #orFail<T>(access: () => T): T {
    try {
      return access()
    } catch (error) {
      if (error instanceof UserError) this.#fail(error)
      throw error
    }
  }

  /** A job fails only for reasons of the queue or its worker: what a trial does comes back as its outcome. */
  #jobFailed(job: string, reason: string): void {
    const run = this.#runs.get(job)
    if (run === undefined || run.settled) return
    if (reason !== WORKER_ENDED) run.losses++
    if (run.losses < MOST_LOSSES) this.#loseJob(run)
    else this.#fail(unfinished(run, reason))
  }

  /** Sends the trial again as another job: what the old one gives is not waited for any more. */
  #loseJob(run: RemoteRun): void {
    this.#runs.delete(run.job)
    run.job = this.#nextJob(run.task)
    this.#runs.set(run.job, run)
    this.#send(run).catch(() => {})
  }

  #nextJob({ spec }: TrialTask): string {
    return `${spec.number}.${this.#jobs++}`
  }

  /** Looks after each job itself: events are trimmed, and a server that was emptied has forgotten its jobs. */
  async #check(): Promise<void> {
    for (const [id, run] of this.#runs) {
      const job: Job<TrialJob, TrialResult> | undefined = await this.#parts.queue.getJob(id)
      if (run.settled) continue
      if (job === undefined) await this.#send(run)
      else if (job.finishedOn !== undefined && job.returnvalue) await this.#complete(id, job.returnvalue)
    }
    const giving = whoGivesWay([...this.#runs.values()], await this.#parts.stillWaiting())
    if (giving !== null) this.stop(giving)
    await this.#late.fetch(this.#parts.redis, this.#keys.late(this.#session))
  }

  #tell(message: ControlMessage): void {
    this.#parts.redis.publish(this.#keys.control(this.#session), JSON.stringify(message)).catch(() => {})
  }

  #back(): void {
    if (this.#closing !== null) return
    this.#outage.back()
    // The server may have forgotten everything.
    this.#announce()
      .then(() => this.#check())
      .catch(() => {})
  }

  #fail(failure: UserError): void {
    this.#failure = failure
    for (const run of this.#runs.values()) run.reject(failure)
    this.#runs.clear()
  }

  async #shutDown(): Promise<void> {
    for (const end of this.#repeated) end()
    this.#outage.close()
    for (const run of this.#runs.values()) run.resolve(unstarted('stopped', null))
    this.#runs.clear()
    if (this.#parts.redis.status === 'ready') await this.#clear().catch(() => {})
    await this.#parts.close()
  }

  /** Leaves only keys in Redis that expire. */
  async #clear(): Promise<void> {
    this.#tell({ closed: true })
    await this.#parts.redis.srem(this.#keys.sessions, this.#session)
    await this.#parts.redis.unlink(this.#keys.offer(this.#session), this.#keys.late(this.#session))
    await this.#members.clear()
    await this.#parts.queue.obliterate({ force: true })
  }
}
