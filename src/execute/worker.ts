import { AsyncLocalStorage } from 'node:async_hooks'
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { FolderError } from '../objective/folder-error.ts'
import { exitCalled } from '../objective/foreign-code.ts'
import { loadObjective, runningKind } from '../objective/load.ts'
import type { Objective } from '../objective/objective.ts'
import type { TimedMeasurement, TrialOutcome } from '../trial.ts'
import { type Channel, openChannel } from './channel.ts'
import { createInterruption, type Ending, type Interruption } from './interruption.ts'
import type {
  FolderFailure,
  PrintedMessage,
  RungMessage,
  TaskMessage,
  WarningMessage,
  WorkerData,
} from './messages.ts'
import { unstarted } from './outcome.ts'
import { foldersOf, runAttempt } from './run-attempt.ts'
import { createStopSignal, type StopSignal } from './stop-signal.ts'
import { readThrown } from './thrown.ts'

/** How often an asynchronous objective's signal looks for a stop. */
const WATCH_EVERY_MS = 20

interface Running {
  readonly trial: number
  readonly interruption: Interruption
}

const { source, channels } = workerData as WorkerData
const channelsInUse: Channel[] = []
const trials = new AsyncLocalStorage<Running>()
let current: Running | null = null
let loading: Promise<Objective | Ending> | null = null
/** Of this thread, once its objective was loaded. */
let heapBytes: number | null = null

/** Runs one trial. The pool calls it, one at a time. */
export async function runTask(task: TaskMessage): Promise<TrialOutcome | FolderFailure> {
  const running: Running = { trial: task.spec.number, interruption: createInterruption() }
  current = running
  try {
    const outcome = await trials.run(running, () => runOnChannel(task, running))
    return outcome.artifact === null ? outcome : await handOver(outcome, outcome.artifact)
  } catch (error) {
    if (!(error instanceof FolderError)) throw error
    // As an error it would cross over as one of no class.
    return { folderFailure: { message: error.message, hint: error.hint } }
  } finally {
    current = null
  }
}

async function runOnChannel(task: TaskMessage, running: Running): Promise<TrialOutcome> {
  channelsInUse[task.channel] ??= openChannel(channels, task.channel)
  const channel = channelsInUse[task.channel]!
  channel.take(threadId)
  const objective = await load(running)
  if (!('run' in objective)) return unstarted(objective.state, objective.error)
  const stopSignal = createStopSignal()
  const unwritten: TimedMeasurement[] = []
  let watch: NodeJS.Timeout | undefined
  heapBytes ??= process.memoryUsage().heapUsed
  channel.begin(heapBytes)
  const folders = foldersOf(source, task)
  const outcome = await runAttempt(objective, task, {
    interruption: running.interruption,
    stopRequested: channel.stopRequested,
    signal: () => {
      watch ??= watchForStop(channel, running.interruption, stopSignal)
      return stopSignal.get()
    },
    onMeasurement: (measurement) => record(channel, measurement, unwritten),
    warn: (sentence) => {
      const message: WarningMessage = {
        kind: 'finesweep:warning',
        trial: task.spec.number,
        sentence: `${sentence}`,
      }
      parentPort!.postMessage(message)
    },
    folders,
    onRung: (measurement) => {
      const message: RungMessage = {
        kind: 'finesweep:rung',
        trial: task.spec.number,
        channel: task.channel,
        measurement,
        unwritten: unwritten.splice(0),
      }
      parentPort!.postMessage(message)
      return channel.verdict()
    },
    breathe: () => undefined,
  }).finally(() => {
    clearInterval(watch)
    folders.close()
  })
  // A promise that was rejected without anybody waiting for it is reported on the next turn.
  await new Promise(setImmediate)
  const { ending } = running.interruption
  return ending === null ? outcome : { ...outcome, ...ending, artifact: null }
}

/**
 * Once for all trials of this thread. How it fails is remembered, too: a module is evaluated once. What the module begins
 * by itself, such as a timer, is of no single trial.
 */
function load({ interruption }: Running): Promise<Objective | Ending> {
  loading ??= trials
    .exit(() => loadObjective(source))
    .catch((thrown: unknown) => interruption.ending ?? readThrown(thrown))
  return loading
}

function watchForStop(channel: Channel, interruption: Interruption, stopSignal: StopSignal): NodeJS.Timeout {
  const look = (): void => {
    if (channel.stopRequested() || interruption.ending !== null) stopSignal.abort()
  }
  look()
  return setInterval(look, WATCH_EVERY_MS)
}

/**
 * Writes a measurement to the channel, after those that found no room before it. All come with the outcome again.
 * @param unwritten what finds no room is left there for the next time
 */
function record({ journal }: Channel, measurement: TimedMeasurement, unwritten: TimedMeasurement[]): void {
  unwritten.push(measurement)
  let written = 0
  while (written < unwritten.length && journal.write(unwritten[written]!)) written += 1
  unwritten.splice(0, written)
}

/** Lets the artifact's memory change threads without a copy, where it is a buffer of its own that may. */
async function handOver(outcome: TrialOutcome, artifact: Uint8Array): Promise<TrialOutcome> {
  let own = artifact
  try {
    const isWhole = artifact.buffer.byteLength === artifact.byteLength
    own = isWhole ? new Uint8Array((artifact.buffer as ArrayBuffer).transfer()) : artifact.slice()
  } catch {
    // Shared and WebAssembly memories stay where they are.
    own = artifact.slice()
  }
  // Not at the start: most threads never need it, and a thread that replaces another should be there soon.
  const piscina = await import('piscina')
  const value: TrialOutcome = { ...outcome, artifact: own }
  const movable = { [piscina.transferableSymbol]: own.buffer, [piscina.valueSymbol]: value }
  return piscina.move(movable) as unknown as TrialOutcome
}

function print(trial: number | null, text: string): void {
  const message: PrintedMessage = { kind: 'finesweep:printed', trial, text }
  parentPort!.postMessage(message)
}

/** What goes wrong outside the objective's own calls: a timer that throws, a rejection nobody waits for. */
function strayError(thrown: unknown): void {
  const running = trials.getStore() ?? current
  // No trial's: the thread itself is broken, and ends.
  if (running === null) throw thrown
  const { error } = readThrown(thrown)
  if (running === current) running.interruption.raise({ state: 'failed', error })
  else
    print(running.trial, `Trial ${running.trial} kept running after it ended, and failed: ${error.message}\n`)
}

process.on('unhandledRejection', strayError)
process.on('uncaughtException', strayError)

// Ends the trial and not the thread: a new one would cost the others' time. What catches the error only delays it.
process.exit = (status?: number | string | null): never => {
  const called = exitCalled(status)
  const running = trials.getStore() ?? current
  running?.interruption.raise(readThrown(called))
  throw called
}

// Results go to stdout and nothing else: what an objective prints is handed to the pool, which decides where it goes.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    print((trials.getStore() ?? current)?.trial ?? null, text)
    const callback = rest.find((argument) => typeof argument === 'function')
    if (callback !== undefined) queueMicrotask(callback as () => void)
    return true
  }
}

// Before the first trial asks for it: a thread that stands by has it then.
await runningKind(source).preload()
