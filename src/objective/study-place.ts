import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { GivenFolders } from '../trial.ts'
import { isFolderList } from './folder-artifact.ts'
import { FolderError, inFolder } from './folder-error.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts'

/** The study that an objective runs for, and where its trials' folders are. */
export interface StudyPlace {
  readonly study: string
  /** The names of its stages, in order. */
  readonly stages: readonly string[]
  /** The folder of all its trials' folders, absolute. */
  readonly folder: string
  /**
   * True in a replay, where what the study keeps stays as it is, and on the worker of another machine: a trial's own
   * folder is a temporary one.
   */
  readonly isTemporary: boolean
}

/** The folder of a trial's files: checkpoints, models, logs. */
export function trialFolder(studyFolder: string, trial: number): string {
  return path.join(studyFolder, String(trial))
}

/** The folders that one attempt of a trial may use. */
export interface TrialFolders {
  /**
   * The trial's own: made when first asked for, and empty then, whatever an earlier attempt left. Absolute.
   * @throws FolderError
   */
  own(): string
  /** The trial's own once it was asked for; null before. */
  readonly used: string | null
  /** That of the trial that it continues; null to start from scratch, or if that trial left none. */
  readonly continued: string | null
  /** Removes what was temporary. */
  close(): void
}

/** Folders that somebody else has made, and removes. */
export function givenFolders({ own, continued }: GivenFolders): TrialFolders {
  let used: string | null = null
  return {
    own() {
      used ??= inFolder(own, () => {
        mkdirSync(own, { recursive: true })
        return own
      })
      return used
    },
    get used() {
      return used
    },
    continued,
    close() {},
  }
}

/**
 * @param place null outside a study: the trial's own folder is temporary then
 * @param artifact what the trial that it continues left in the store
 * @throws FolderError if that trial left a folder, and it is not there: the trial would start from scratch unnoticed
 */
export function trialFolders(
  place: StudyPlace | null,
  trial: number,
  continues: number | null,
  artifact: Uint8Array | null = null,
): TrialFolders {
  const isTemporary = place === null || place.isTemporary
  let own: string | null = null
  const continued = place === null || continues === null ? null : trialFolder(place.folder, continues)
  const isThere = continued !== null && existsSync(continued)
  if (continued !== null && !isThere && artifact !== null && isFolderList(artifact)) {
    throw new FolderError(
      `Trial ${trial} continues trial ${continues}, whose folder ${continued} is missing`,
      {
        hint: "Copy the study's folder from next to the store where it ran, then run this again. (objective.keep sets how many trials keep theirs.)",
      },
    )
  }
  let temporary: string | null = null
  const make = (): string => {
    if (isTemporary) temporary = makeTemporaryFolder()
    const folder = trialFolder(temporary ?? place!.folder, trial)
    return inFolder(folder, () => {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      return folder
    })
  }
  return {
    own() {
      own ??= make()
      return own
    },
    get used() {
      return own
    },
    continued: isThere ? continued : null,
    close() {
      if (temporary !== null) removeTemporaryFolder(temporary)
    },
  }
}
