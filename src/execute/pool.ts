import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { UserError } from '../errors.ts'
import type { ObjectiveSource } from '../objective/source.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import type { Executor, TrialTask } from './executor.ts'
import { CLOSED, type Ending, exited, outOfMemory, timedOut } from './interruption.ts'
import type { PrintedMessage, TaskMessage, WorkerData } from './messages.ts'
import { cutOff, unstarted } from './outcome.ts'
import { monotonicMs, openSlot, SLOT_BYTES, type Slot } from './slot.ts'
import { readThrown } from './thrown.ts'

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
/** How often measurements are fetched, and heaps looked at. */
const LOOK_EVERY_MS = 20
/** A trial quicker than this does not fill a heap. */
const HEAP_AFTER_MS = 60
/** V8 would let each thread gather several times as much garbage before it looks for it. */
const YOUNG_GENERATION_MB = 16
/** A thread that does not end although it was told to sits in a system call; it is waited for so long. */
const THREAD_END_MS = 2_000
/** Slots beyond one for each worker: for threads that are still on their way out. */
const SPARE_SLOTS = 32

interface Run {
  readonly task: TrialTask
  readonly slot: Slot
  readonly onMeasurement: (measurement: TimedMeasurement) => void
  readonly abort: AbortController
  readonly startedAt: number
  /** What was announced so far. */
  readonly measured: TimedMeasurement[]
  ending: Ending | null
  thread: Worker | null
  heapAsked: boolean
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
      hint: 'Put it into a module of its own, or run it with one worker.',
    })
  }
  const {
    workers,
    heapLimitMb = DEFAULT_HEAP_LIMIT_MB,
    loadingLimitMs = 30_000,
    onPrint = printToStderr,
  } = options
  const memory = new SharedArrayBuffer((workers + SPARE_SLOTS) * SLOT_BYTES)
  const freeSlots = Array.from({ length: workers + SPARE_SLOTS }, (_, index) => openSlot(memory, index))
  const running = new Set<Run>()
  const waiting: (() => void)[] = []
  let admitted = 0
  let closing: Promise<void> | null = null
  let looking: NodeJS.Timeout | undefined

  const workerData: WorkerData = { source, slots: memory }
  const pool = new Piscina<TaskMessage, TrialOutcome>({
    filename: fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
    ),
    name: 'runTask',
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
    stricterFIFO: true,
    recordTiming: false,
    workerData,
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(V8_LIMIT_MB, 4 * heapLimitMb),
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
    },
  })
  // A thread that fails while no trial runs on it is replaced; without a listener the error would end the process.
  pool.on('error', (error: unknown) => onPrint(`A worker thread failed: ${String(error)}\n`, null))
  pool.on('message', ({ text, trial }: PrintedMessage) => onPrint(text, trial))

  const end = (run: Run, ending: Ending): void => {
    if (run.ending !== null) return
    run.ending = ending
    run.thread = threadOf(run)
    run.abort.abort()
  }

  /**
   * Where trials end their threads, one more stands by from the first time on: a new thread takes longer to start than
   * many a trial to run. The pool fills up to these figures with the next thread that it replaces.
   */
  const keepSpare = (): void => {
    pool.options.maxThreads = workers + 1
    pool.options.minThreads = workers + 1
  }

  const threadOf = (run: Run): Worker | null => {
    const id = run.slot.threadId()
    return id === 0 ? null : (pool.threads.find((thread) => thread.threadId === id) ?? null)
  }

  /** Ends the run once its objective has had `timeoutMs`; loading and waiting for a thread do not count. */
  const watchTime = (run: Run, timeoutMs: number): (() => void) => {
    let timer: NodeJS.Timeout
    const look = (): void => {
      const begunAt = run.slot.begunAt()
      const takenAt = run.slot.takenAt()
      const now = monotonicMs()
      if (
        begunAt > 0 ? now >= begunAt + timeoutMs : takenAt > 0 && now >= takenAt + loadingLimitMs + timeoutMs
      ) {
        end(run, timedOut(timeoutMs))
      } else {
        timer = setTimeout(look, begunAt > 0 ? begunAt + timeoutMs - now : Math.min(timeoutMs, LOOK_EVERY_MS))
      }
    }
    timer = setTimeout(look, timeoutMs)
    return () => clearTimeout(timer)
  }

  /** Tells of new measurements, and looks at the heaps of trials that have been at it for a while. */
  const look = (): void => {
    const now = monotonicMs()
    for (const run of running) {
      announce(run, run.slot.journal.read())
      const begunAt = run.slot.begunAt()
      if (run.heapAsked || begunAt === 0 || now - begunAt < HEAP_AFTER_MS) continue
      const thread = threadOf(run)
      if (thread === null) continue
      run.heapAsked = true
      thread.getHeapStatistics().then(
        ({ used_heap_size: usedBytes }) => {
          run.heapAsked = false
          const taken = usedBytes - run.slot.heapBytes()
          if (taken > heapLimitMb * 2 ** 20 && running.has(run)) end(run, outOfMemory(heapLimitMb))
        },
        () => {},
      )
    }
  }

  const attempt = async (task: TrialTask, onMeasurement: Run['onMeasurement']): Promise<TrialOutcome> => {
    const slot = freeSlots.pop()!
    slot.reset()
    const run: Run = {
      task,
      slot,
      onMeasurement,
      abort: new AbortController(),
      startedAt: Date.now(),
      measured: [],
      ending: null,
      thread: null,
      heapAsked: false,
    }
    running.add(run)
    looking ??= setInterval(look, LOOK_EVERY_MS).unref()
    const forgetTime = task.timeoutMs === null ? () => {} : watchTime(run, task.timeoutMs)
    try {
      const { spec, continued } = task
      const outcome = await pool.run({ slot: slot.index, spec, continued }, { signal: run.abort.signal })
      announce(run, outcome.measurements)
      freeSlots.push(slot)
      return outcome
    } catch (error) {
      keepSpare()
      const { state, error: reason } = run.ending ?? readThreadError(error, heapLimitMb)
      const hasEnded = run.thread === null || (await threadEnded(run.thread))
      announce(run, slot.journal.read())
      if (hasEnded) freeSlots.push(slot)
      return cutOff(state, reason, run.measured, run.startedAt)
    } finally {
      forgetTime()
      running.delete(run)
      if (running.size === 0) {
        clearInterval(looking)
        looking = undefined
      }
    }
  }

  return {
    slots: workers,
    async run(task, onMeasurement) {
      while (admitted === workers && closing === null) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      if (closing !== null) return unstarted(CLOSED.state, CLOSED.error)
      admitted += 1
      try {
        return await attempt(task, onMeasurement)
      } finally {
        admitted -= 1
        waiting.shift()?.()
      }
    },
    stop(trial) {
      for (const run of running) if (run.task.spec.number === trial) run.slot.requestStop()
    },
    close() {
      closing ??= closePool()
      return closing
    },
  }

  async function closePool(): Promise<void> {
    for (const run of running) end(run, CLOSED)
    for (const wake of waiting.splice(0)) wake()
    await within(THREAD_END_MS, pool.destroy(), undefined)
  }
}

/** Tells of the measurements that were not told of yet; steps rise. */
function announce(run: Run, measurements: readonly TimedMeasurement[]): void {
  let lastStep = run.measured.at(-1)?.step ?? 0
  for (const measurement of measurements) {
    if (measurement.step <= lastStep) continue
    lastStep = measurement.step
    run.measured.push(measurement)
    run.onMeasurement(measurement)
  }
}

/** Why a thread ended by itself. */
function readThreadError(error: unknown, heapLimitMb: number): Ending {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory(heapLimitMb)
  const status = /^worker exited with code: (\d+)$/.exec(message ?? '')
  if (status !== null) return exited(Number(status[1]))
  return { state: 'failed', error: readThrown(error).error }
}

/** Waits until a thread has ended; false if it takes too long. */
async function threadEnded(thread: Worker): Promise<boolean> {
  if (thread.threadId === -1) return true
  return within(
    THREAD_END_MS,
    once(thread, 'exit').then(() => true),
    false,
  )
}

async function within<T>(limitMs: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, limitMs, otherwise)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

function printToStderr(text: string): void {
  process.stderr.write(text)
}
