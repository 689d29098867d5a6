import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { UserError } from '../errors.ts'
import { runningKind } from '../objective/load.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import { threadEntry } from '../package-files.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { createAdmission } from './admission.ts'
import { CHANNEL_BYTES, type Channel, monotonicMs, openChannel } from './channel.ts'
import type { Executor, RungVerdict, TrialTask } from './executor.ts'
import { CLOSED, type Ending, outOfMemory, timedOut } from './interruption.ts'
import { isPrinted, isRung, type RungMessage, type TaskMessage, type WorkerData } from './messages.ts'
import { cutOff, unstarted } from './outcome.ts'
import { readThreadError, threadEnded, within } from './thread-end.ts'

export interface PoolOptions {
  /** How many threads, each running one trial at a time; 1 or more. */
  readonly workers: number
  /**
   * JavaScript heap that a trial may take, in MB, beyond what its thread held once the objective was loaded; 256 by
   * default. Typed arrays, data sets and networks lie elsewhere and do not count.
   */
  readonly heapLimitMb?: number
  /** What loading an objective may take, on top of a trial's time limit; 30 s by default. */
  readonly loadingLimitMs?: number
  /** Gets what objectives print, on this thread; by default it goes to stderr. */
  readonly onPrint?: (text: string, trial: number | null) => void
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
/** Channels beyond one for each worker: for threads that are still ending. */
const SPARE_CHANNELS = 32

interface Run {
  readonly task: TrialTask
  readonly channel: Channel
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly onRung: (measurement: TimedMeasurement) => Promise<RungVerdict>
  readonly abort: AbortController
  readonly startedAt: number
  /** What was announced so far. */
  readonly measured: TimedMeasurement[]
  ending: Ending | null
  /** The thread that was asked to end, if one had taken the trial. */
  thread: Worker | null
  /** Whether that thread did not end: its channel is not used again. */
  stuck: boolean
  /** Milliseconds that it has waited at rungs, and since when it waits at one now. */
  waitedMs: number
  waitsSince: number | null
  /** Monotonic milliseconds: when its heap is to be looked at next; 0 before the objective has begun. */
  heapDueAt: number
}

/**
 * An executor on worker threads, for objectives that each thread can load for itself: the classifier and modules.
 * A trial that exits, fills its heap, throws or runs into its time limit ends as `failed` and costs at most its
 * thread, which is replaced while the others go on. Only what ends the process itself (`process.abort`, a crash in
 * native code) is beyond it.
 * Throws UserError('usage') for an object, which can't leave this thread.
 */
export function createPoolExecutor(source: ObjectiveSource, options: PoolOptions): Executor {
  if (source.kind === 'object') {
    throw new UserError('usage', 'An objective given as an object runs in its own thread only', {
      hint: 'Move it into a module, or run it with one worker.',
    })
  }
  const {
    workers,
    heapLimitMb = DEFAULT_HEAP_LIMIT_MB,
    loadingLimitMs = 30_000,
    onPrint = printToStderr,
  } = options
  const memory = new SharedArrayBuffer((workers + SPARE_CHANNELS) * CHANNEL_BYTES)
  const freeChannels = Array.from({ length: workers + SPARE_CHANNELS }, (_, index) =>
    openChannel(memory, index),
  )
  const running = new Set<Run>()
  const admission = createAdmission(workers)
  let closing: Promise<void> | null = null
  let looking: NodeJS.Timeout | undefined

  const workerData: WorkerData = { source, channels: memory }
  const pool = new Piscina<TaskMessage, TrialOutcome>({
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
  // A thread that fails while no trial runs on it is replaced; without a listener the error would end the process.
  pool.on('error', (error: unknown) => onPrint(`A worker thread failed: ${String(error)}\n`, null))
  /** How threads ended by themselves, by their ids: their exit statuses. */
  const exitStatuses = new Map<number, number>()
  pool.on('workerCreate', ({ id }: { id: number }) => {
    pool.threads
      .find(({ threadId }) => threadId === id)
      ?.once('exit', (status) => exitStatuses.set(id, status))
  })
  pool.on('message', (message: unknown) => {
    if (isPrinted(message)) onPrint(message.text, message.trial)
    else if (isRung(message)) void atRung(message)
  })

  const atRung = async ({ trial, channel, measurement }: RungMessage): Promise<void> => {
    const run = [...running].find((other) => other.channel.index === channel)
    if (run === undefined || run.task.spec.number !== trial || run.ending !== null) return
    run.waitsSince = monotonicMs()
    announce(run, run.channel.journal.read())
    announce(run, [measurement])
    const verdict = await run.onRung(measurement)
    if (!running.has(run)) return
    run.waitedMs += monotonicMs() - run.waitsSince
    run.waitsSince = null
    run.channel.giveVerdict(verdict)
  }

  const end = (run: Run, ending: Ending): void => {
    if (run.ending !== null) return
    run.ending = ending
    run.thread = threadOf(run)
    run.abort.abort()
  }

  const threadOf = (run: Run): Worker | null => {
    const id = run.channel.threadId()
    return id === 0 ? null : (pool.threads.find((thread) => thread.threadId === id) ?? null)
  }

  /** Ends the run once its objective has had `timeoutMs`; loading and waiting for a thread do not count. */
  const watchTime = (run: Run, timeoutMs: number): (() => void) => {
    let timer: NodeJS.Timeout
    const look = (): void => {
      const begunAt = run.channel.begunAt()
      const takenAt = run.channel.takenAt()
      const now = monotonicMs()
      const dueAt = begunAt + run.waitedMs + timeoutMs
      const isOver = begunAt > 0 ? now >= dueAt : takenAt > 0 && now >= takenAt + loadingLimitMs + timeoutMs
      if (run.waitsSince === null && isOver) {
        end(run, timedOut(timeoutMs))
      } else {
        const known = begunAt > 0 && run.waitsSince === null
        timer = setTimeout(look, known ? dueAt - now : Math.min(timeoutMs, LOOK_EVERY_MS))
      }
    }
    timer = setTimeout(look, timeoutMs)
    return () => clearTimeout(timer)
  }

  const lookAtHeap = async (run: Run): Promise<void> => {
    const thread = threadOf(run)
    if (thread === null) return
    // Answered between two of the thread's instructions, even in an endless loop, but not from within a system call.
    run.heapDueAt = Number.POSITIVE_INFINITY
    const { used_heap_size: usedBytes } = await thread.getHeapStatistics()
    const share = (usedBytes - run.channel.heapBytes()) / (heapLimitMb * 2 ** 20)
    run.heapDueAt = monotonicMs() + (share < 0.25 ? HEAP_EVERY_MS : 0)
    if (share > 1 && running.has(run)) end(run, outOfMemory(heapLimitMb))
  }

  /** Tells of new measurements, and looks at the heaps that are due. */
  const look = (): void => {
    const now = monotonicMs()
    for (const run of running) {
      announce(run, run.channel.journal.read())
      if (run.channel.begunAt() === 0) continue
      if (run.heapDueAt === 0) run.heapDueAt = now + HEAP_EVERY_MS
      // It rejects when the thread ends first.
      else if (now >= run.heapDueAt) lookAtHeap(run).catch(() => {})
    }
  }

  const attempt = async (
    task: TrialTask,
    onMeasurement: Run['onMeasurement'],
    onRung: Run['onRung'],
  ): Promise<TrialOutcome> => {
    const channel = freeChannels.pop()
    if (channel === undefined) {
      const message = `${SPARE_CHANNELS} threads did not stop when asked to: something blocks them`
      return unstarted('failed', { code: 'exited', message, stack: null })
    }
    channel.reset()
    const run: Run = {
      task,
      channel,
      onMeasurement,
      onRung,
      abort: new AbortController(),
      startedAt: Date.now(),
      measured: [],
      ending: null,
      thread: null,
      stuck: false,
      waitedMs: 0,
      waitsSince: null,
      heapDueAt: 0,
    }
    running.add(run)
    looking ??= setInterval(look, LOOK_EVERY_MS).unref()
    const forgetTime = task.timeoutMs === null ? () => {} : watchTime(run, task.timeoutMs)
    try {
      const { spec, continued, slot, attempt, rungs = [] } = task
      const message: TaskMessage = { channel: channel.index, slot, attempt, spec, continued, rungs }
      const outcome = await pool
        .run(message, { signal: run.abort.signal })
        .catch((error: unknown) => cut(run, error))
      announce(run, outcome.measurements)
      return outcome
    } finally {
      forgetTime()
      running.delete(run)
      if (!run.stuck) freeChannels.push(channel)
      if (running.size === 0) {
        clearInterval(looking)
        looking = undefined
      }
    }
  }

  /** The outcome of a run whose thread has ended, or is about to. */
  const cut = async (run: Run, error: unknown): Promise<TrialOutcome> => {
    const status = exitStatuses.get(run.channel.threadId())
    const { state, error: reason } = run.ending ?? readThreadError(error, status, heapLimitMb)
    run.stuck = run.thread !== null && !(await threadEnded(run.thread, THREAD_END_MS))
    announce(run, run.channel.journal.read())
    return cutOff(state, reason, run.measured, run.startedAt)
  }

  return {
    slots: workers,
    run(task, onMeasurement, onRung = async () => 'go-on') {
      return admission.admit(async () =>
        closing === null ? attempt(task, onMeasurement, onRung) : unstarted(CLOSED.state, CLOSED.error),
      )
    },
    stop(trial) {
      for (const run of running) {
        if (run.task.spec.number !== trial) continue
        run.channel.requestStop()
        if (run.waitsSince !== null) run.channel.giveVerdict('stop')
      }
    },
    close() {
      closing ??= closePool()
      return closing
    },
  }

  async function closePool(): Promise<void> {
    for (const run of running) end(run, CLOSED)
    admission.open()
    await within(THREAD_END_MS, pool.destroy(), undefined)
  }
}

/** Reports the measurements not reported yet; steps increase. */
function announce(run: Run, measurements: readonly TimedMeasurement[]): void {
  let lastStep = run.measured.at(-1)?.step ?? 0
  for (const measurement of measurements) {
    if (measurement.step <= lastStep) continue
    lastStep = measurement.step
    run.measured.push(measurement)
    run.onMeasurement(measurement)
  }
}

function printToStderr(text: string): void {
  process.stderr.write(text)
}
