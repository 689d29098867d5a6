import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Executor } from '../execute/executor.ts'
import { lookAtTest } from '../model/test-look.ts'
import { kindOf } from '../objective/kinds.ts'
import type { Objective } from '../objective/objective.ts'
import type { StudyPlace } from '../objective/study-place.ts'
import { removeLeftFolders } from '../objective/temporary-folder.ts'
import { checkSamplers } from '../search/create-sampler.ts'
import type { OwnSamplers } from '../search/own-samplers.ts'
import type { Evaluation, StudyReader, StudyRecord, StudyWriter } from '../store/store.ts'
import type { StudyListener } from '../study/events.ts'
import type { StudyEnd } from '../study/study-end.ts'
import { runStudy } from '../study/study-run.ts'
import { winningTrial } from '../study/winning-trial.ts'
import type { Experiment } from '../study-file/experiment.ts'
import type { TrialRecord } from '../trial.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { describeIdleWorkers } from './idle-workers.ts'
import { type OpenedExperiment, openExperiment } from './open-experiment.ts'
import { type EngineOptions, prepareSessionExecutor } from './session-executor.ts'
import { checkWritable, keepTrialFolders, studyFolder } from './trial-folders.ts'

/** Where, with how many threads and in whose sight an experiment runs. */
export interface SessionOptions {
  /** The store's file; folders of trials and of caches lie beside it. */
  readonly db: string
  /** A store that is open, in place of the file; it stays open. */
  readonly store?: StudyWriter | undefined
  /** What an external objective stands for: the function that a study in code was given. */
  readonly objective?: Objective | undefined
  /** Samplers of this program, by the names that stages give them. */
  readonly samplers?: OwnSamplers | undefined
  /** Runs the trials in place of this process; closed at the end. */
  readonly executor?: Executor | undefined
  /** How many trials run at once in this process; 1 or more, with an engine also 0. */
  readonly workers: number
  /** An engine whose workers run trials besides, or instead with `workers: 0`. */
  readonly engine?: EngineOptions | undefined
  readonly listener?: StudyListener
  /** Called with a sentence for people: a name that was taken, a listener that threw. Those of a running study go to stderr by default. */
  readonly say?: (sentence: string) => void
  /** Told how far a long preparation of the data is: what is being done, and the share from 0 to 1. */
  readonly onPreparing?: (step: string, done: number) => void
  /** Gets what objectives print; by default it goes to stderr. */
  readonly onPrint?: (text: string, trial: number | null) => void
  /** Once aborted, no trial begins and the running ones may end. Its reason is a sentence. */
  readonly drain?: AbortSignal
  /** Once aborted, everything ends; what was running runs again on a resume. */
  readonly halt?: AbortSignal
}

export interface SessionResult {
  readonly study: StudyRecord
  readonly end: StudyEnd
  /** Null if no trial succeeded. */
  readonly best: TrialRecord | null
  readonly testLook: Evaluation | null
  /** What may be wrong with the data, in sentences without their full stop. */
  readonly cautions: readonly string[]
}

export async function open(experiment: Experiment, options: SessionOptions): Promise<OpenedExperiment> {
  const { onPreparing, drain, executor, samplers } = options
  checkSamplers(experiment.stages, samplers)
  const objective = options.objective ?? (executor === undefined ? undefined : ELSEWHERE)
  const opened = await openExperiment(experiment, {
    cacheFolder: cacheFolderOf(options.db),
    signal: drain,
    objective,
    ...(onPreparing === undefined ? {} : { onProgress: onPreparing }),
  })
  for (const warning of opened.warnings) options.say?.(warning)
  return opened
}

/** What was found out about the data, and what may be wrong with them: before a trial runs. */
export function sayOfData({ data }: OpenedExperiment, { say = () => {} }: SessionOptions): void {
  for (const remark of data?.remarks ?? []) say(`Data: ${remark}.`)
  for (const caution of data?.cautions ?? []) say(`Caution: ${caution}.`)
}

/** Where a store's folder keeps what can be worked out again. */
export function cacheFolderOf(db: string): string {
  return resolve(dirname(db), 'cache')
}

/** How often the lease is renewed: well within the minute after which a silent holder counts as dead. */
const HEARTBEAT_MS = 15_000

export async function conduct(
  store: StudyWriter,
  opened: OpenedExperiment,
  options: SessionOptions,
  begin: () => StudyRecord,
): Promise<SessionResult> {
  const { experiment, data } = opened
  const { limits } = experiment
  const drain = new AbortController()
  const say = options.say ?? ((sentence: string) => process.stderr.write(`${sentence}\n`))
  await removeLeftFolders(say)
  const executors = await prepareSessionExecutor(opened, { ...options, say }).catch((error: unknown) => {
    leave(store, options)
    throw error
  })
  const timers: NodeJS.Timeout[] = []
  const closeAtOnce = (): void => {
    executors.close().catch(() => {})
  }
  try {
    if (options.executor === undefined && kindOf(experiment.objective).artifact === 'folder')
      checkWritable(options.db)
    const study = begin()
    const stages = experiment.stages.map(({ name }) => name)
    const idle = describeIdleWorkers(options.workers, experiment.lag, experiment.stages, options.samplers)
    if (idle !== null) options.say?.(idle)
    const folder = studyFolder(options.db, study.name)
    const place: StudyPlace = { study: study.name, stages, folder, isTemporary: false }
    timers.push(setInterval(() => renewIfPossible(store, study), HEARTBEAT_MS))
    if (limits.timeout !== null) {
      const reason = `time limit of ${limits.timeout} s reached`
      timers.push(setTimeout(() => drain.abort(reason), limits.timeout * 1000))
    }
    forward(options.drain, (reason) => drain.abort(reason))
    forward(options.halt, (reason) => {
      drain.abort(reason)
      closeAtOnce()
    })
    const end = await runStudy({
      study,
      space: experiment.space,
      stages: experiment.stages,
      samplers: options.samplers,
      stop: experiment.stop,
      limits: {
        trialTimeoutMs: limits.trialTimeout === null ? null : limits.trialTimeout * 1000,
        retries: limits.retries,
        maxFailures: limits.maxFailures,
        maxEpochs: limits.maxEpochs,
      },
      store,
      executor: executors.at(place),
      listener: withFolders(store, study, experiment, folder, options.listener ?? (() => {})),
      say,
      host: hostname(),
      signal: drain.signal,
    })
    const { objective } = experiment
    const best = winningTrial(store, study)
    const testLook =
      end.state === 'complete' ? await lookAtTest(store, study.id, best, objective, data) : null
    return { study: store.findStudy(study.name)!, end, best, testLook, cautions: data?.cautions ?? [] }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    await executors.close()
    leave(store, options)
  }
}

/** In a timer an error would end the process; the study's next write meets the same one, and ends the run with it. */
function renewIfPossible(store: StudyWriter, { id }: StudyRecord): void {
  try {
    store.renewLease(id)
  } catch {}
}

/** Closes a store that the session has opened. */
export function leave(store: StudyWriter, options: SessionOptions): void {
  if (options.store === undefined) store.close()
}

/** The listener, and one that removes folders of trials, where the objective's trials have them. */
function withFolders(
  store: StudyReader,
  study: StudyRecord,
  { objective, direction, stages }: Experiment,
  folder: string,
  listener: StudyListener,
): StudyListener {
  const keep = kindOf(objective).keptFolders(objective)
  if (keep === null) return listener
  const trials = store.trials(study.id)
  const sweep = keepTrialFolders({ folder, direction, stages, keep, trials })
  return (event) => {
    sweep(event)
    listener(event)
  }
}

function forward(signal: AbortSignal | undefined, aborted: (reason: unknown) => void): void {
  if (signal === undefined) return
  if (signal.aborted) aborted(signal.reason)
  else signal.addEventListener('abort', () => aborted(signal.reason), { once: true })
}
