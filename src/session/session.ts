import { existsSync } from 'node:fs'
import { codeVersion } from '../code-version.ts'
import { UserError } from '../errors.ts'
import { kindOf } from '../objective/kinds.ts'
import { endLeftPrograms } from '../objective/program/left-programs.ts'
import { openReader, openWriter } from '../store/sqlite-store.ts'
import type { NewStudy, StudyReader, StudyRecord } from '../store/store.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { experimentToJson } from '../study-file/experiment-json.ts'
import { shellWord } from '../text/shell-word.ts'
import { changeExperiment, describeChanges, type ResumeChanges } from './change-experiment.ts'
import { conduct, leave, open, type SessionOptions, type SessionResult, sayOfData } from './conduct.ts'
import type { OpenedExperiment } from './open-experiment.ts'
import { refuseDifferences } from './refuse-differences.ts'
import { moveAside, studyFolder } from './trial-folders.ts'

/**
 * Runs an experiment as a new study, from its data to the test accuracy of its best network.
 * @param name a name that must be free; null for the experiment's own, or the next free one after it.
 * @throws UserError as its parts do; nothing is stored if the data or the objective can't be opened.
 */
export async function runExperiment(
  experiment: Experiment,
  name: string | null,
  options: SessionOptions,
  words: NewStudyWords = IN_COMMAND,
): Promise<SessionResult> {
  const opened = await open(experiment, options)
  sayOfData(opened, options)
  const store = options.store ?? openWriter(options.db)
  return conduct(store, opened, options, () => {
    let isRenamed = false
    const created = store.createStudy((isTaken) => {
      const free = freeName(name, experiment.name, isTaken, () => words.nameTaken(name!, options.db))
      isRenamed = free !== (name ?? experiment.name)
      return newStudy(opened, free)
    })
    const moved = moveAside(studyFolder(options.db, created.name))
    if (moved !== null)
      options.say?.(`The folder of an earlier study "${created.name}" was moved to ${moved}.`)
    if (isRenamed) options.say?.(nameTaken(store, experiment.name, created.name))
    const twin = completeTwin(store, created)
    if (twin !== undefined) {
      options.say?.(
        `Study "${twin.name}" has the same settings and is complete: this one will give identical results. ` +
          `To get different results, change ${words.seed(experiment.seed + 1)} or a setting. To add trials, ${words.extend(twin.name)}.`,
      )
    }
    return created
  })
}

/** An earlier study that measured the same, with the same settings, to its end. */
function completeTwin(store: StudyReader, study: StudyRecord): StudyRecord | undefined {
  const own = settingsText(study)
  return store
    .studies()
    .findLast((other) => other.id !== study.id && other.state === 'complete' && settingsText(other) === own)
}

function settingsText({ experiment, fingerprints, codeVersion }: StudyRecord): string {
  return JSON.stringify([{ ...(experiment as object), name: '' }, fingerprints, codeVersion])
}

/** What the store is given of a new study. */
export function newStudy({ experiment, fingerprints }: OpenedExperiment, name: string): NewStudy {
  return {
    name,
    seed: experiment.seed,
    direction: experiment.direction,
    metric: experiment.metric,
    tieMetric: kindOf(experiment.objective).tie(experiment.objective),
    lag: experiment.lag,
    experiment: experimentToJson({ ...experiment, name }),
    fingerprints,
    codeVersion: codeVersion(),
  }
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
  const store = options.store ?? openWriter(options.db)
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
    leave(store, options)
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

/** What is said of a new study, in the words of who starts it. */
export interface NewStudyWords {
  /** The error for a name that was asked for and is not free. */
  readonly nameTaken: (name: string, db: string) => UserError
  /** The setting that another seed is given by. */
  readonly seed: (other: number) => string
  /** How a complete study gets more trials. */
  readonly extend: (name: string) => string
}

const IN_COMMAND: NewStudyWords = {
  nameTaken: (name, db) =>
    new UserError('usage', `--name: study ${JSON.stringify(name)} already exists in ${db}`, {
      hint: `Choose another name, or continue that study: finesweep resume ${shellWord(name)}`,
    }),
  seed: (other) => `the seed (--seed ${other})`,
  extend: (name) => `extend it: finesweep resume ${shellWord(name)} --add 32`,
}

/** The name asked for, which must be free; without one the experiment's own, with the first number from 2 that makes it free. */
function freeName(
  asked: string | null,
  own: string,
  isTaken: (name: string) => boolean,
  taken: () => UserError,
): string {
  const name = asked ?? own
  if (!isTaken(name)) return name
  if (asked !== null) throw taken()
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
    unfinished === undefined
      ? ''
      : ` "${unfinished.name}" is unfinished: finesweep resume ${shellWord(unfinished.name)}`
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
