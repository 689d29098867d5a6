import { hostname } from 'node:os'
import { codeVersion } from '../code-version.ts'
import { combineExecutors } from '../engine/combined-executor.ts'
import { type EngineAddress, readEngineAddress } from '../engine/engine-address.ts'
import { PROTOCOL, type SessionOffer, sha256 } from '../engine/protocol.ts'
import { fromRoot } from '../engine/relocate.ts'
import { createExecutor } from '../execute/create.ts'
import type { Executor } from '../execute/executor.ts'
import { keepsNetwork, kindOf } from '../objective/kinds.ts'
import { atPlace } from '../objective/source.ts'
import type { StudyPlace } from '../objective/study-place.ts'
import { drawnAfter } from '../search/imported-stages.ts'
import type { OpenedExperiment } from './open-experiment.ts'

/** An engine whose workers run trials of a session. */
export interface EngineOptions {
  /** `redis://host:6379`, with user and password where it has them. */
  readonly url: string
  /** What all keys in Redis begin with; by default `finesweep`. */
  readonly prefix?: string
  /** Workers need the same one; null or left out: any worker may take part. */
  readonly token?: string | null
  /** The folder that holds data, modules and programs here, absolute. */
  readonly root: string
  /** Seconds that the engine may be unreachable before the study gives up; 600 by default. */
  readonly timeout?: number
  /** Milliseconds after which a silent worker's trial runs again elsewhere; 30,000 by default. */
  readonly lockMs?: number
}

export interface ExecutorOptions {
  /** How many trials run in this process at once; 0 with an engine: none. */
  readonly workers: number
  /** Runs the trials in place of this process. */
  readonly executor?: Executor | undefined
  readonly engine?: EngineOptions | undefined
  readonly onPrint?: ((text: string, trial: number | null) => void) | undefined
  readonly say: (sentence: string) => void
}

const DEFAULT_PREFIX = 'finesweep'
const DEFAULT_TIMEOUT_SECONDS = 600
const DEFAULT_LOCK_MS = 30_000

/** What will run a session's trials, known before its study is stored. */
export interface SessionExecutors {
  /** The executor, once it is known where the study's trials have their folders. */
  at(place: StudyPlace): Executor
  /** Ends all that runs at once. */
  close(): Promise<void>
}

/** What runs a session's trials: this process, the workers of an engine, or both. @throws UserError('engine') */
export async function prepareSessionExecutor(
  opened: OpenedExperiment,
  options: ExecutorOptions,
): Promise<SessionExecutors> {
  const { engine, workers, executor, onPrint } = options
  if (executor !== undefined) return { at: () => executor, close: () => executor.close() }
  const heapLimitMb = opened.experiment.limits.heapMb
  const local = (place: StudyPlace): Executor =>
    createExecutor(atPlace(opened.source, place), {
      workers,
      heapLimitMb,
      ...(onPrint === undefined ? {} : { onPrint }),
    })
  let running: Executor | null = null
  if (engine === undefined) {
    return {
      at(place) {
        running ??= local(place)
        return running
      },
      close: async () => running?.close(),
    }
  }
  // Loaded on use: a study on one machine needs none of it.
  const { RemoteExecutor } = await import('../engine/remote-executor.ts')
  const { StudyFolders } = await import('../engine/study-folders.ts')
  const { objective, stages } = opened.experiment
  const keep = kindOf(objective).keptFolders(objective)
  const isContinued = (stage: number): boolean => stages[drawnAfter(stages, stage)]?.warmStart === true
  const offer = describeOffer(opened, engine)
  const address: EngineAddress = readEngineAddress(engine.url, '--engine')
  const remote = await RemoteExecutor.open({
    address,
    prefix: engine.prefix ?? DEFAULT_PREFIX,
    lockMs: engine.lockMs ?? DEFAULT_LOCK_MS,
    engineTimeoutMs: 1000 * (engine.timeout ?? DEFAULT_TIMEOUT_SECONDS),
    say: options.say,
  })
  return {
    at(place) {
      if (running !== null) return running
      const folders = new StudyFolders({ place, keep, isContinued, say: options.say })
      remote.begin({ ...offer, study: place.study }, folders)
      running = workers === 0 ? remote : combineExecutors(local(place), remote)
      return running
    },
    close: () => (running ?? remote).close(),
  }
}

function describeOffer({ experiment, fingerprints }: OpenedExperiment, engine: EngineOptions): SessionOffer {
  const { objective, limits, name, stages } = experiment
  const { token = null, root, lockMs = DEFAULT_LOCK_MS } = engine
  return {
    protocol: PROTOCOL,
    codeVersion: codeVersion(),
    study: name,
    stages: stages.map((stage) => stage.name),
    host: hostname(),
    tokenHash: token === null ? null : sha256(token),
    objective: fromRoot(objective, root),
    fingerprints: { data: fingerprints.data, objective: fingerprints.objective },
    arithmetic: keepsNetwork(objective) ? objective.config.training.arithmetic : '',
    heapMb: limits.heapMb,
    lockMs,
  }
}
