import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { lookAtTest } from '../model/test-look.ts'
import { kindOf } from '../objective/kinds.ts'
import { endLeftPrograms } from '../objective/program/left-programs.ts'
import type { StudyPlace } from '../objective/study-place.ts'
import { openReader, openWriter } from '../store/sqlite-store.ts'
import type { Evaluation, StudyReader, StudyRecord, StudyWriter } from '../store/store.ts'
import type { StudyListener } from '../study/events.ts'
import { runStudy, type StudyEnd } from '../study/study-run.ts'
import { winningTrial } from '../study/winning-trial.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentToJson } from '../study-file/experiment-json.ts'
import type { TrialRecord } from '../trial.ts'
import { changeExperiment, describeChanges, type ResumeChanges } from './change-experiment.ts'
import { describeIdleWorkers } from './idle-workers.ts'
import { type OpenedExperiment, openExperiment } from './open-experiment.ts'
import { refuseDifferences } from './refuse-differences.ts'
import { type EngineOptions, prepareSessionExecutor } from './session-executor.ts'
import { keepTrialFolders, moveAside, studyFolder } from './trial-folders.ts'

/** Where, with how many threads and in whose sight an experiment runs. */
export interface SessionOptions {
  /** The store's file. */
  readonly db: string
  /** How many trials run at once in this process; 1 or more, with an engine also 0. */
  readonly workers: number
  readonly codeVersion: string
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

/**
 * Runs an experiment as a new study, from its data to the test accuracy of its best network.
 * @param name a name that must be free; null for the experiment's own, or the next free one after it.
 * @throws UserError as its parts do; nothing is stored if the data or the objective can't be opened.
 */
export async function runExperiment(
  experiment: Experiment,
  name: string | null,
  options: SessionOptions,
): Promise<SessionResult> {
  const opened = await open(experiment, options)
  sayOfData(opened, options)
  const store = openWriter(options.db)
  return conduct(store, opened, options, () => {
    let taken = false
    const created = store.createStudy((isTaken) => {
      const free = freeName(name, experiment.name, options.db, isTaken)
      taken = free !== (name ?? experiment.name)
      return {
        name: free,
        seed: experiment.seed,
        direction: experiment.direction,
        metric: experiment.metric,
        tieMetric: kindOf(experiment.objective).tie(experiment.objective),
        lag: experiment.lag,
        experiment: experimentToJson({ ...opened.experiment, name: free }),
        fingerprints: opened.fingerprints,
        codeVersion: options.codeVersion,
      }
    })
    const moved = moveAside(studyFolder(options.db, created.name))
    if (moved !== null) options.say?.(`The folder of an earlier study "${created.name}" is now ${moved}.`)
    if (taken) options.say?.(nameTaken(store, experiment.name, created.name))
    return created
  })
}

/**
 * Takes up a study where it was left: finished trials stay, the others run, up to the study's total.
 * @param name null for the latest study.
 * @throws UserError('usage') listing the differences if the data, the objective or the space are not what they were,
 *   unless forced; UserError('store') naming the process that runs it already.
 */
export async function resumeExperiment(
  name: string | null,
  changes: ResumeChanges,
  options: SessionOptions,
): Promise<SessionResult> {
  refuseResume(name, changes, options.db)
  const store = openWriter(options.db)
  try {
    const study = findStudy(store, name, options.db)
    store.acquireLease(study.id)
    const left = await endLeftPrograms(studyFolder(options.db, study.name))
    if (left > 0) options.say?.(`Ended programs that an earlier run had left running (trials: ${left}).`)
    const experiment = changedExperiment(store, study, changes)
    const opened = await open(experiment, options)
    const differences = refuseDifferences(study, opened, changes.force)
    return await conduct(store, opened, options, () => {
      for (const note of [...differences, ...describeChanges(changes)]) store.addNote(study.id, note)
      for (const [index, stage] of store.stages(study.id).entries()) {
        const trials = opened.experiment.stages[index]?.trials ?? stage.trials
        if (trials !== stage.trials) store.updateStage(study.id, index, { trials })
      }
      store.setExperiment(study.id, experimentToJson(opened.experiment), opened.fingerprints)
      return store.findStudy(study.name)!
    })
  } finally {
    store.close()
  }
}

/** Refuses what can't be resumed before the store is opened for writing: it stays as it was, to the byte. */
function refuseResume(name: string | null, changes: ResumeChanges, db: string): void {
  if (!existsSync(db)) throw noStudy(name, db)
  const reader = openReader(db)
  try {
    changedExperiment(reader, findStudy(reader, name, db), changes)
  } finally {
    reader.close()
  }
}

function changedExperiment(store: StudyReader, study: StudyRecord, changes: ResumeChanges): Experiment {
  const begunTrials = (stage: number): number => store.trials(study.id, { stage }).length
  return changeExperiment(study, { begun: store.stages(study.id), begunTrials }, changes)
}

async function open(experiment: Experiment, options: SessionOptions): Promise<OpenedExperiment> {
  const { onPreparing, drain } = options
  const opened = await openExperiment(experiment, {
    cacheFolder: cacheFolderOf(options.db),
    signal: drain,
    ...(onPreparing === undefined ? {} : { onProgress: onPreparing }),
  })
  for (const warning of opened.warnings) options.say?.(warning)
  return opened
}

/** What was found out about the data, and what may be wrong with them: before a trial runs. */
function sayOfData({ data }: OpenedExperiment, { say = () => {} }: SessionOptions): void {
  for (const remark of data?.remarks ?? []) say(`Data: ${remark}.`)
  for (const caution of data?.cautions ?? []) say(`Caution: ${caution}.`)
}

/** Where a store's folder keeps what can be worked out again. */
export function cacheFolderOf(db: string): string {
  return resolve(dirname(db), 'cache')
}

/** How often the lease is renewed: well within the minute after which a silent holder counts as dead. */
const HEARTBEAT_MS = 15_000

async function conduct(
  store: StudyWriter,
  opened: OpenedExperiment,
  options: SessionOptions,
  begin: () => StudyRecord,
): Promise<SessionResult> {
  const { experiment, data } = opened
  const { limits } = experiment
  const drain = new AbortController()
  const say = options.say ?? ((sentence: string) => process.stderr.write(`${sentence}\n`))
  const executors = await prepareSessionExecutor(opened, { ...options, say }).catch((error: unknown) => {
    store.close()
    throw error
  })
  const timers: NodeJS.Timeout[] = []
  const closeAtOnce = (): void => {
    executors.close().catch(() => {})
  }
  try {
    const study = begin()
    const stages = experiment.stages.map(({ name }) => name)
    const idle = describeIdleWorkers(options.workers, experiment.lag, experiment.stages)
    if (idle !== null) options.say?.(idle)
    const folder = studyFolder(options.db, study.name)
    const place: StudyPlace = { study: study.name, stages, folder, isReplay: false }
    timers.push(setInterval(() => store.renewLease(study.id), HEARTBEAT_MS))
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
    store.close()
  }
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

/** The name asked for, which must be free; without one the experiment's own, with the first number from 2 that makes it free. */
function freeName(asked: string | null, own: string, db: string, isTaken: (name: string) => boolean): string {
  const name = asked ?? own
  if (!isTaken(name)) return name
  if (asked !== null) {
    throw new UserError('usage', `--name: study ${JSON.stringify(name)} already exists in ${db}`, {
      hint: `Choose another name, or continue that study: finesweep resume ${name}`,
    })
  }
  let number = 2
  while (isTaken(`${own}-${number}`)) number++
  return `${own}-${number}`
}

/** Says under which name the study runs, and which earlier one of its kind is unfinished. */
function nameTaken(store: StudyReader, name: string, free: string): string {
  const unfinished = store
    .studies()
    .filter((study) => study.state !== 'complete' && study.name !== free && isNumbered(study.name, name))
    .findLast((study) => store.lease(study.id) === undefined)
  const hint =
    unfinished === undefined ? '' : ` "${unfinished.name}" is unfinished: finesweep resume ${unfinished.name}`
  return `Study "${name}" already exists; this one is called "${free}".${hint}`
}

function isNumbered(name: string, base: string): boolean {
  return name === base || (name.startsWith(`${base}-`) && /^\d+$/.test(name.slice(base.length + 1)))
}

function findStudy(store: StudyReader, name: string | null, db: string): StudyRecord {
  const study = name === null ? store.latestStudy() : store.findStudy(name)
  if (study === undefined) throw noStudy(name, db)
  return study
}

function noStudy(name: string | null, db: string): UserError {
  if (name === null) {
    const hint = 'Start one with: finesweep run FILE.yaml'
    return new UserError('not-found', `There is no study in ${db} yet`, { hint })
  }
  const hint = 'List them: finesweep studies'
  return new UserError('not-found', `There is no study ${JSON.stringify(name)} in ${db}`, { hint })
}
