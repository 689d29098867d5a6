import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { UserError } from '../errors.ts'
import { FolderError } from '../objective/folder-error.ts'
import { runningKind } from '../objective/load.ts'
import { LOADING_NOTICE_MS, stillLoading } from '../objective/loading-watch.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import { threadEntry } from '../package-files.ts'
import type { TrialOutcome } from '../trial.ts'
import { type Admission, createAdmission } from './admission.ts'
import { CHANNEL_BYTES, type Channel, monotonicMs, openChannel } from './channel.ts'
import type { Executor, TrialTask } from './executor.ts'
import { CLOSED, type Ending, outOfMemory, timedOut } from './interruption.ts'
import {
  type FolderFailure,
  isPrinted,
  isRung,
  isWarning,
  type RungMessage,
  type TaskMessage,
  type WorkerData,
} from './messages.ts'
import { cutOff, unstarted } from './outcome.ts'
import { type Output, type OutputOptions, openOutput } from './output.ts'
import { announce, longLoading, newRun, type PoolRun, watchTime } from './pool-run.ts'
import { readThreadError, threadEnded, within } from './thread-end.ts'

export interface PoolOptions extends OutputOptions {
  /** How many threads, each running one trial at a time; 1 or more. */
  readonly workers: number
  /**
   * JavaScript heap that a trial may take, in MB, beyond what its thread held once the objective was loaded; 256 by
   * default. Typed arrays, data sets and networks lie elsewhere and do not count.
   */
  readonly heapLimitMb?: number
  /** What loading an objective may take, on top of a trial's time limit; 30 s by default. */
  readonly loadingLimitMs?: number
  /** After how long the loading of an objective is spoken of; 10 s by default. */
  readonly loadingNoticeMs?: number
  /** How many more trials can begin than there are workers while threads that were asked to end have not; 32 by default. */
  readonly spareChannels?: number
}

export const DEFAULT_HEAP_LIMIT_MB = 256

/**
 * V8 ends the whole process when a single allocation does not fit under its own limit, so that one lies far above
 * ours, which is watched from here. Below 2 GB it still collects garbage before the heap is twice what is in use.
 */
const V8_LIMIT_MB = 2000
/** How often measurements are fetched. */
const LOOK_EVERY_MS = 20
/** How often a heap is looked at, which interrupts its thread: more often from a quarter of the limit on. */
const HEAP_EVERY_MS = 80
/** A thread that does not end although asked to is in a system call; this is how long it is waited for. */
const THREAD_END_MS = 2_000

/**
 * An executor on worker threads, for objectives that each thread can load for itself: the classifier and modules.
 * A trial that exits, fills its heap, throws or runs into its time limit ends as `failed` and costs at most its
 * thread, which is replaced while the others go on. Only what ends the process itself (`process.abort`, a crash in
 * native code) is beyond it.
 * Throws UserError('usage') for an object, which can't leave this thread.
 */
export function createPoolExecutor(source: ObjectiveSource, options: PoolOptions): Executor {
  if (source.kind === 'object') {
    throw new UserError('usage', 'An objective given as an object can run only in its own thread', {
      hint: 'Move it into a module, or run it with one worker.',
    })
  }
  return new PoolExecutor(source, options)
}

type Pool = Piscina<TaskMessage, TrialOutcome | FolderFailure>

class PoolExecutor implements Executor {
  readonly slots: number
  readonly #heapLimitMb: number
  readonly #loadingLimitMs: number
  readonly #output: Output
  readonly #loadingNoticeMs: number
  /** The module that is named, once, if a thread loads it for long; null once it was. */
  #unnamed: string | null
  readonly #numChannels: number
  readonly #freeChannels: Channel[]
  readonly #pool: Pool
  /** How threads ended by themselves, by their ids: their exit statuses. */
  readonly #exitStatuses = new Map<number, number>()
  readonly #running = new Set<PoolRun>()
  readonly #admission: Admission
  #closing: Promise<void> | null = null
  #looking: NodeJS.Timeout | undefined

  constructor(source: ObjectiveSource, options: PoolOptions) {
    const { workers, heapLimitMb = DEFAULT_HEAP_LIMIT_MB } = options
    this.slots = workers
    this.#heapLimitMb = heapLimitMb
    this.#loadingLimitMs = options.loadingLimitMs ?? 30_000
    this.#output = openOutput(options)
    this.#loadingNoticeMs = options.loadingNoticeMs ?? LOADING_NOTICE_MS
    this.#unnamed = source.kind === 'module' ? source.file : null
    this.#admission = createAdmission(workers)
    const channels = workers + (options.spareChannels ?? 32)
    this.#numChannels = channels
    const memory = new SharedArrayBuffer(channels * CHANNEL_BYTES)
    this.#freeChannels = Array.from({ length: channels }, (_, index) => openChannel(memory, index))
    this.#pool = startPool(source, { workers, heapLimitMb, memory })
    this.#listen()
  }

  run(
    task: TrialTask,
    onMeasurement: PoolRun['onMeasurement'],
    onRung: PoolRun['onRung'] = async () => 'go-on',
  ): Promise<TrialOutcome> {
    return this.#admission.admit(async () =>
      this.#closing === null
        ? this.#attempt(task, onMeasurement, onRung)
        : unstarted(CLOSED.state, CLOSED.error),
    )
  }

  stop(trial: number): void {
    for (const run of this.#running) {
      if (run.task.spec.number !== trial) continue
      run.channel.requestStop()
      if (run.waitsSince !== null) run.channel.giveVerdict('stop')
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#closePool()
    return this.#closing
  }

  async #closePool(): Promise<void> {
    for (const run of this.#running) this.#end(run, CLOSED)
    this.#admission.open()
    await within(THREAD_END_MS, this.#pool.destroy(), undefined)
  }

  async #attempt(
    task: TrialTask,
    onMeasurement: PoolRun['onMeasurement'],
    onRung: PoolRun['onRung'],
  ): Promise<TrialOutcome> {
    const channel = this.#freeChannels.pop()
    if (channel === undefined) {
      const stuck = this.#numChannels - this.#running.size
      const message =
        stuck === 1
          ? 'A thread did not stop when asked to: something blocks it'
          : `${stuck} threads did not stop when asked to: something blocks them`
      return unstarted('failed', { code: 'exited', message, stack: null })
    }
    channel.reset()
    const run = newRun({ task, channel, onMeasurement, onRung })
    this.#running.add(run)
    this.#looking ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    const forgetTime = this.#watchTime(run)
    try {
      const { spec, continued, slot, attempt, rungs = [], folders = null } = task
      const message: TaskMessage = { channel: channel.index, slot, attempt, spec, continued, rungs, folders }
      const outcome = await this.#pool
        .run(message, { signal: run.abort.signal })
        .catch((error: unknown) => this.#cut(run, error))
      if ('folderFailure' in outcome)
        throw new FolderError(outcome.folderFailure.message, outcome.folderFailure)
      announce(run, outcome.measurements)
      return outcome
    } finally {
      forgetTime()
      this.#running.delete(run)
      if (!run.stuck) this.#freeChannels.push(channel)
      if (this.#running.size === 0) {
        clearInterval(this.#looking)
        this.#looking = undefined
      }
    }
  }

  #watchTime(run: PoolRun): () => void {
    const { timeoutMs } = run.task
    if (timeoutMs === null) return () => {}
    return watchTime(run, timeoutMs, this.#loadingLimitMs, () => this.#end(run, timedOut(timeoutMs)))
  }

  #end(run: PoolRun, ending: Ending): void {
    if (run.ending !== null) return
    run.ending = ending
    run.thread = this.#threadOf(run)
    run.abort.abort()
  }

  /** The outcome of a run whose thread has ended, or is about to. */
  async #cut(run: PoolRun, error: unknown): Promise<TrialOutcome> {
    const status = this.#exitStatuses.get(run.channel.threadId())
    const { state, error: reason } = run.ending ?? readThreadError(error, status, this.#heapLimitMb)
    run.stuck = run.thread !== null && !(await threadEnded(run.thread, THREAD_END_MS))
    announce(run, run.channel.journal.read())
    return cutOff(state, reason, run.measured, run.startedAt)
  }

  #threadOf(run: PoolRun): Worker | null {
    return this.#threadWithId(run.channel.threadId()) ?? null
  }

  #threadWithId(id: number): Worker | undefined {
    return this.#pool.threads.find(({ threadId }) => threadId === id)
  }

  #listen(): void {
    // A thread that fails while no trial runs on it is replaced; without a listener the error would end the process.
    this.#pool.on('error', (error: unknown) =>
      this.#output.onPrint(`A worker thread failed: ${String(error)}\n`, null),
    )
    this.#pool.on('workerCreate', ({ id }: { id: number }) => {
      this.#threadWithId(id)?.once('exit', (status) => this.#exitStatuses.set(id, status))
    })
    this.#pool.on('message', (message: unknown) => {
      if (isPrinted(message)) this.#output.onPrint(message.text, message.trial)
      else if (isWarning(message)) this.#output.onWarning(message.sentence, message.trial)
      else if (isRung(message)) void this.#atRung(message)
    })
  }

  async #atRung({ trial, channel, measurement, unwritten }: RungMessage): Promise<void> {
    const run = [...this.#running].find((other) => other.channel.index === channel)
    if (run === undefined || run.task.spec.number !== trial || run.ending !== null) return
    run.waitsSince = monotonicMs()
    announce(run, run.channel.journal.read())
    announce(run, unwritten)
    const verdict = await run.onRung(measurement)
    if (!this.#running.has(run)) return
    run.waitedMs += monotonicMs() - run.waitsSince
    run.waitsSince = null
    run.channel.giveVerdict(verdict)
  }

  /** Announces new measurements, and looks at the heaps that are due. */
  #look(): void {
    const now = monotonicMs()
    if (this.#unnamed !== null) this.#lookAtLoading(this.#unnamed)
    for (const run of this.#running) {
      announce(run, run.channel.journal.read())
      if (run.channel.begunAt() === 0) continue
      if (run.heapDueAt === 0) run.heapDueAt = now + HEAP_EVERY_MS
      // It rejects when the thread ends first.
      else if (now >= run.heapDueAt) this.#lookAtHeap(run).catch(() => {})
    }
  }

  /** Here and not in the thread, which its module may block. */
  #lookAtLoading(file: string): void {
    const run = longLoading(this.#running, this.#loadingNoticeMs)
    if (run === undefined) return
    this.#unnamed = null
    const { timeoutMs, spec } = run.task
    const notice = stillLoading(file, this.#loadingNoticeMs, timeoutMs && timeoutMs + this.#loadingLimitMs)
    this.#output.onPrint(`Trial ${spec.number} waits in a worker thread: ${notice}.\n`, null)
  }

  async #lookAtHeap(run: PoolRun): Promise<void> {
    const thread = this.#threadOf(run)
    if (thread === null) return
    // Answered between two of the thread's instructions, even in an endless loop, but not from within a system call.
    run.heapDueAt = Number.POSITIVE_INFINITY
    const { used_heap_size: usedBytes } = await thread.getHeapStatistics()
    const share = (usedBytes - run.channel.heapBytes()) / (this.#heapLimitMb * 2 ** 20)
    run.heapDueAt = monotonicMs() + (share < 0.25 ? HEAP_EVERY_MS : 0)
    if (share > 1 && this.#running.has(run)) this.#end(run, outOfMemory(this.#heapLimitMb))
  }
}

function startPool(
  source: ObjectiveSource,
  given: { readonly workers: number; readonly heapLimitMb: number; readonly memory: SharedArrayBuffer },
): Pool {
  const { workers, heapLimitMb, memory } = given
  const workerData: WorkerData = { source, channels: memory }
  return new Piscina<TaskMessage, TrialOutcome | FolderFailure>({
    filename: fileURLToPath(threadEntry('execute/worker')),
    name: 'runTask',
    minThreads: workers,
    // Where trials end their threads, one more stands by from the first time on: a new thread takes longer to start
    // than many a trial to run.
    maxThreads: workers + 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    stricterFIFO: true,
    recordTiming: false,
    workerData,
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(V8_LIMIT_MB, 4 * heapLimitMb),
      maxYoungGenerationSizeMb: runningKind(source).youngGenerationMb,
    },
  })
}
