import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inFolder } from '../objective/folder-error.ts'
import { LOG_FILES } from '../objective/program/output.ts'
import { trialFolder } from '../objective/study-place.ts'
import { drawnAfter } from '../search/imported-stages.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { StudyEvent, StudyListener } from '../study/events.ts'
import { continuedTrials, type KeptArtifacts, keepArtifacts, promotedCount } from '../study/kept-artifacts.ts'
import { type Direction, isFinished, type TrialRecord } from '../trial.ts'

/** The file name of a store whose folders have the short name. */
const USUAL_STORE = 'studies.db'

/**
 * The folder of a study's trials: `artifacts/STUDY` beside the store; beside a store of another name than studies.db,
 * `NAME.artifacts/STUDY` without a `.db` of NAME, so that two stores of one folder share none. A store that is opened
 * through a link has its folders where the file itself is.
 */
export function studyFolder(db: string, study: string): string {
  return path.join(artifactsFolder(db), study)
}

function artifactsFolder(db: string): string {
  const file = existsSync(db) ? realpathSync(db) : path.resolve(db)
  const name = path.basename(file)
  return path.join(
    path.dirname(file),
    name === USUAL_STORE ? 'artifacts' : `${path.basename(name, '.db')}.artifacts`,
  )
}

/** Makes sure that a store's trials can have folders, before any begins. @throws FolderError */
export function checkWritable(db: string): void {
  const folder = artifactsFolder(db)
  const probe = path.join(folder, `.probe-${process.pid}`)
  inFolder(folder, () => {
    mkdirSync(folder, { recursive: true })
    try {
      writeFileSync(probe, 'x')
    } finally {
      rmSync(probe, { force: true })
    }
  })
}

/**
 * Moves the folder of an earlier study of the same name away, whose store is gone.
 * @returns where it is now; null if there was none
 * @throws FolderError
 */
export function moveAside(folder: string, hint?: string): string | null {
  if (!existsSync(folder)) return null
  let number = 1
  while (existsSync(`${folder}.${number}`)) number++
  inFolder(folder, () => renameSync(folder, `${folder}.${number}`), hint)
  return `${folder}.${number}`
}

/** What is told where the folder of a study that is renamed or deleted cannot be moved. */
const UNCHANGED = 'The study is unchanged.'

/**
 * Moves the folder of a study that is renamed; what was in the way of its new name is moved aside first.
 * @returns where that is now; null if there was none
 * @throws FolderError; then all is where it was
 */
export function moveFolder(from: string, to: string): string | null {
  if (!existsSync(from) || from === to) return null
  const moved = moveAside(to, UNCHANGED)
  try {
    inFolder(from, () => renameSync(from, to), UNCHANGED)
  } catch (error) {
    if (moved !== null) renameSync(moved, to)
    throw error
  }
  return moved
}

/**
 * Removes the folder of a study while `forget` removes the study: both, or neither if the folder cannot be moved or
 * `forget` throws.
 * @throws FolderError, also if the folder could be moved but not all of it be removed
 */
export function removeFolder(folder: string, forget: () => void): void {
  const moved = moveAside(folder, UNCHANGED)
  try {
    forget()
  } catch (error) {
    if (moved !== null) renameSync(moved, folder)
    throw error
  }
  if (moved === null) return
  const remove = (): void => rmSync(moved, { recursive: true, force: true })
  inFolder(moved, remove, 'The study is deleted; remove what is left of that folder by hand.')
}

/** The numbers of the trials that have a folder, in order. */
export function trialsWithFolder(folder: string): number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b)
}

export interface KeptFolders {
  readonly folder: string
  readonly direction: Direction
  readonly stages: readonly StagePlan[]
  /** How many of the best trials of the whole study keep theirs, beside those that the next stage continues. */
  readonly keep: number | 'all'
  /** All trials that the store has, in order of number. */
  readonly trials: readonly TrialRecord[]
}

/**
 * A listener that removes the folders of trials which are not among the best. Of a trial that did not succeed, what
 * its program wrote stays.
 */
export function keepTrialFolders({ folder, direction, stages, keep, trials }: KeptFolders): StudyListener {
  // An imported trial has no folder: it must not take the place of one that has.
  const finished = trials.filter((trial) => isFinished(trial) && trial.origin === null)
  const byNumber = new Map(finished.map((record) => [record.number, record]))
  const present = new Set(trialsWithFolder(folder).filter((number) => byNumber.has(number)))
  let kept: KeptArtifacts | null = null
  const sweep = (): void => {
    const keeping = new Set(kept?.numbers())
    for (const number of present) {
      const record = byNumber.get(number)!
      const succeeded = record.state === 'complete' || record.state === 'pruned'
      if (succeeded && (keep === 'all' || keeping.has(number))) continue
      if (succeeded) rmSync(trialFolder(folder, number), { recursive: true, force: true })
      else leaveLogs(trialFolder(folder, number))
      present.delete(number)
    }
  }
  return (event: StudyEvent) => {
    if (event.kind === 'stage-started') {
      const { index } = event.stage
      const most = keep === 'all' ? 0 : keep
      kept = keepArtifacts({
        direction,
        stage: index,
        best: most,
        promoted: promotedCount(stages[drawnAfter(stages, index)]),
        continued: continuedTrials({
          stages,
          stage: index,
          direction,
          earlier: finished.filter((trial) => trial.stage < index),
        }),
        finished,
      })
      sweep()
    } else if (event.kind === 'trial-finished') {
      const { record } = event
      finished.push(record)
      byNumber.set(record.number, record)
      present.add(record.number)
      kept?.offer(record)
      sweep()
    }
  }
}

function leaveLogs(folder: string): void {
  if (!existsSync(folder)) return
  const logs: readonly string[] = Object.values(LOG_FILES)
  for (const name of readdirSync(folder)) {
    if (!logs.includes(name)) rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}
