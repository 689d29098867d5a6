import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { UserError } from '../errors.ts'
import type { Executor, RungVerdict, TrialTask } from '../execute/executor.ts'
import { unstarted } from '../execute/outcome.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { type ConnectionWatch, unreachable } from './connection.ts'
import type { EngineAddress } from './engine-address.ts'
import { Members } from './members.ts'
import {
  type ControlMessage,
  decodeOutcome,
  decodeReport,
  EngineKeys,
  encodeSpec,
  type LateOutcome,
  outcomeHash,
  PAYLOAD_SECONDS,
  PRESENCE_EVERY_MS,
  PRESENCE_SECONDS,
  type SessionOffer,
  type TrialJob,
  type TrialReport,
  type TrialResult,
} from './protocol.ts'
import { openSessionQueue, type SessionQueue } from './session-queue.ts'

export interface RemoteOptions {
  readonly address: EngineAddress
  /** What all keys in Redis begin with; studies under different prefixes do not see each other's workers. */
  readonly prefix: string
  readonly offer: SessionOffer
  /** How long the server may be away before the study gives up, milliseconds. */
  readonly engineTimeoutMs: number
  /** Called with a sentence for people. */
  readonly say: (sentence: string) => void
}

/** How often jobs are looked for whose events may have been lost. */
const CHECK_EVERY_MS = 2_000
/** Workers that may die on a job before it is given up. */
const MOST_LOSSES = 5

interface Run {
  readonly task: TrialTask
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>
  readonly outcome: PromiseWithResolvers<TrialOutcome>
  job: string
  lastStep: number
  /** What was decided at each rung, by its step; null while it is not. */
  readonly verdicts: Map<number, RungVerdict | null>
  /** Results are fetched in several steps; the first one counts. */
  settled: boolean
  losses: number
}

/** An outcome that counts, to be compared with one that comes late. */
interface Accepted {
  readonly hash: string
  readonly worker: string
}

/**
 * An executor whose trials run on other machines: specs go out as jobs of a queue, measurements and outcomes come back.
 * It decides nothing and stores nothing; whatever Redis holds can be lost, and is asked for again.
 */
export class RemoteExecutor implements Executor {
  readonly #options: RemoteOptions
  readonly #keys: EngineKeys
  readonly #session: string
  readonly #opened: SessionQueue
  readonly #runs = new Map<string, Run>()
  readonly #accepted = new Map<number, Accepted>()
  readonly #members: Members
  readonly #redis: Redis
  readonly #queue: Queue<TrialJob, TrialResult>
  readonly #timers: NodeJS.Timeout[] = []
  #lostTimer: NodeJS.Timeout | undefined
  #failure: UserError | null = null
  #closing: Promise<void> | null = null
  #jobs = 0

  private constructor(options: RemoteOptions, opened: SessionQueue) {
    this.#options = options
    this.#keys = new EngineKeys(options.prefix)
    this.#opened = opened
    this.#redis = opened.redis
    this.#queue = opened.queue
    this.#session = opened.session
    this.#members = new Members(opened.redis, this.#keys, opened.session, options.say)
  }

  /** @throws UserError('engine') if the libraries are not installed or the server cannot be reached */
  static async open(options: RemoteOptions): Promise<RemoteExecutor> {
    const watch: { current: ConnectionWatch | null } = { current: null }
    const opened = await openSessionQueue({
      address: options.address,
      prefix: options.prefix,
      lockMs: options.offer.lockMs,
      watch: { onLost: () => watch.current?.onLost(), onBack: () => watch.current?.onBack() },
    })
    const executor = new RemoteExecutor(options, opened)
    watch.current = { onLost: () => executor.#lost(), onBack: () => executor.#back() }
    await executor.#start()
    return executor
  }

  get slots(): number {
    return this.#closing === null ? this.#members.slots : 0
  }

  onSlotsChanged(changed: () => void): () => void {
    return this.#members.onChange(changed)
  }

  async run(
    task: TrialTask,
    onMeasurement: Run['onMeasurement'],
    onRung: Run['onRung'] = async () => 'go-on',
  ): Promise<TrialOutcome> {
    if (this.#failure !== null) throw this.#failure
    if (this.#closing !== null) return unstarted('stopped', null)
    const run: Run = {
      task,
      onMeasurement,
      outcome: Promise.withResolvers(),
      job: `${task.spec.number}.${this.#jobs++}`,
      lastStep: 0,
      onRung,
      verdicts: new Map(),
      settled: false,
      losses: 0,
    }
    this.#runs.set(run.job, run)
    // The outcome is rejected where the engine fails; what the sending itself throws is found by the next check.
    this.#send(run).catch(() => {})
    return run.outcome.promise
  }

  stop(trial: number): void {
    this.#tell({ stop: trial })
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  async #start(): Promise<void> {
    this.#opened.events.on('progress', ({ jobId, data }) => this.#reported(jobId, decodeReport(String(data))))
    this.#opened.events.on('completed', ({ jobId, returnvalue }) => {
      void this.#complete(jobId, returnvalue as unknown as TrialResult).catch(() => {})
    })
    this.#opened.events.on('failed', ({ jobId, failedReason }) => this.#jobFailed(jobId, failedReason))
    await this.#announce()
    this.#every(PRESENCE_EVERY_MS, () => this.#announce())
    this.#every(1_000, () => this.#members.look())
    this.#every(CHECK_EVERY_MS, () => this.#check())
    await this.#members.look()
  }

  #every(ms: number, work: () => Promise<void>): void {
    let busy = false
    const timer = setInterval(() => {
      if (busy) return
      busy = true
      // What fails here fails because the server is away, which its connection says.
      work()
        .catch(() => {})
        .finally(() => {
          busy = false
        })
    }, ms)
    this.#timers.push(timer)
  }

  async #announce(): Promise<void> {
    const offer = JSON.stringify(this.#options.offer)
    await this.#redis
      .multi()
      .sadd(this.#keys.sessions, this.#session)
      .expire(this.#keys.sessions, PAYLOAD_SECONDS)
      .set(this.#keys.offer(this.#session), offer, 'EX', PRESENCE_SECONDS)
      .exec()
  }

  async #send(run: Run): Promise<void> {
    const { spec, continued, attempt, timeoutMs, artifactFloor = null } = run.task
    if (continued !== null) {
      const key = this.#keys.continued(this.#session, run.job)
      await this.#redis.setex(key, PAYLOAD_SECONDS, Buffer.from(continued))
    }
    const job: TrialJob = {
      spec: encodeSpec(spec),
      attempt,
      timeoutMs,
      continued: continued !== null,
      artifactFloor,
      rungs: run.task.rungs ?? [],
    }
    await this.#queue.add(`${this.#options.offer.study} ${spec.number}`, job, { jobId: run.job })
  }

  #reported(job: string, { measurement, rung }: TrialReport): void {
    this.#measured(job, measurement)
    const run = this.#runs.get(job)
    if (rung && run !== undefined) this.#atRung(run, measurement)
  }

  /** Asks for the verdict once, and hands it to the worker as often as that says that it waits. */
  #atRung(run: Run, measurement: TimedMeasurement): void {
    const { job, verdicts } = run
    const { step } = measurement
    const known = verdicts.get(step)
    if (known !== undefined) {
      if (known !== null) this.#tell({ job, step, verdict: known })
      return
    }
    verdicts.set(step, null)
    void run
      .onRung(measurement)
      // A study that has ended decides nothing any more.
      .catch((): RungVerdict => 'stop')
      .then((verdict) => {
        verdicts.set(step, verdict)
        this.#tell({ job, step, verdict })
      })
  }

  #measured(job: string, measurement: TimedMeasurement): void {
    const run = this.#runs.get(job)
    if (run === undefined || measurement.step <= run.lastStep) return
    run.lastStep = measurement.step
    run.onMeasurement(measurement)
  }

  /** Fetches what the job left and ends its run; an outcome that arrives twice counts once. */
  async #complete(job: string, result: TrialResult): Promise<void> {
    const run = this.#runs.get(job)
    if (run === undefined || run.settled) return
    const text = result.outcome ?? (await this.#redis.get(this.#keys.outcome(this.#session, job)))
    const artifactKey = this.#keys.artifact(this.#session, job)
    const artifact = result.artifact ? await this.#redis.getBuffer(artifactKey) : null
    if (run.settled) return
    // What expired before it was fetched is gone: the trial gives the same again.
    if (text === null || (result.artifact && artifact === null)) return this.#loseJob(run)
    run.settled = true
    const outcome = decodeOutcome(text)
    this.#accepted.set(run.task.spec.number, { hash: outcomeHash(outcome), worker: result.worker })
    for (const measurement of outcome.measurements) this.#measured(job, measurement)
    this.#runs.delete(job)
    run.outcome.resolve({ ...outcome, artifact: artifact === null ? null : new Uint8Array(artifact) })
    await this.#forget(job)
  }

  async #forget(job: string): Promise<void> {
    const keys = [this.#keys.continued, this.#keys.artifact, this.#keys.outcome]
    await this.#redis.unlink(keys.map((key) => key.call(this.#keys, this.#session, job)))
    await this.#queue.remove(job)
  }

  /** A job fails only for reasons of the queue: what a trial does comes back as its outcome. */
  #jobFailed(job: string, reason: string): void {
    const run = this.#runs.get(job)
    if (run === undefined || run.settled) return
    run.losses++
    if (run.losses < MOST_LOSSES) {
      this.#loseJob(run)
      return
    }
    run.settled = true
    this.#runs.delete(job)
    const message = `No worker could finish it: ${reason}`
    run.outcome.resolve(unstarted('failed', { code: 'worker-lost', message, stack: null }))
  }

  /** Sends the trial again as another job: what the old one gives is not waited for any more. */
  #loseJob(run: Run): void {
    this.#runs.delete(run.job)
    run.job = `${run.task.spec.number}.${this.#jobs++}`
    this.#runs.set(run.job, run)
    this.#send(run).catch(() => {})
  }

  /** Looks after each job itself: events are trimmed, and a server that was emptied has forgotten its jobs. */
  async #check(): Promise<void> {
    for (const [id, run] of this.#runs) {
      const job: Job<TrialJob, TrialResult> | undefined = await this.#queue.getJob(id)
      if (run.settled) continue
      if (job === undefined) await this.#send(run)
      else if (job.finishedOn !== undefined && job.returnvalue) await this.#complete(id, job.returnvalue)
    }
    await this.#compareLate()
  }

  /** A late outcome must have the bits of the one that counted; a machine that computes otherwise is named. */
  async #compareLate(): Promise<void> {
    for (;;) {
      const text = await this.#redis.lpop(this.#keys.late(this.#session))
      if (text === null) return
      const { trial, hash, worker } = JSON.parse(text) as LateOutcome
      const counted = this.#accepted.get(trial)
      if (counted === undefined || counted.hash === hash) continue
      this.#options.say(
        `Trial ${trial} gave different results on ${worker} and ${counted.worker}: one of them computes incorrectly. ` +
          'Compare them: finesweep doctor --engine.',
      )
    }
  }

  #tell(message: ControlMessage): void {
    this.#redis.publish(this.#keys.control(this.#session), JSON.stringify(message)).catch(() => {})
  }

  #lost(): void {
    const { address, engineTimeoutMs, say } = this.#options
    if (this.#closing !== null) return
    say(`The engine ${address.shown} cannot be reached; waiting for it. No results are lost.`)
    this.#lostTimer = setTimeout(() => {
      const reason = `it has been unreachable for ${Math.round(engineTimeoutMs / 1000)} s`
      this.#fail(unreachable(address, reason))
    }, engineTimeoutMs)
  }

  #back(): void {
    clearTimeout(this.#lostTimer)
    this.#options.say(`The engine ${this.#options.address.shown} is back.`)
    // The server may have forgotten everything.
    this.#announce()
      .then(() => this.#check())
      .catch(() => {})
  }

  #fail(failure: UserError): void {
    this.#failure = failure
    for (const run of this.#runs.values()) {
      run.settled = true
      run.outcome.reject(failure)
    }
    this.#runs.clear()
  }

  async #shutDown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#lostTimer)
    for (const run of this.#runs.values()) {
      run.settled = true
      run.outcome.resolve(unstarted('stopped', null))
    }
    this.#runs.clear()
    if (this.#redis.status === 'ready') await this.#clear().catch(() => {})
    await this.#opened.close()
  }

  /** Leaves only keys in Redis that expire. */
  async #clear(): Promise<void> {
    this.#tell({ closed: true })
    await this.#redis.srem(this.#keys.sessions, this.#session)
    await this.#redis.unlink(this.#keys.offer(this.#session), this.#keys.late(this.#session))
    await this.#members.clear()
  }
}
