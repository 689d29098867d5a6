import type { TrialTask } from '../execute/executor.ts'
import { FolderError } from '../objective/folder-error.ts'
import { folderBytes, packFolder, readPackedFolder } from '../objective/folder-pack.ts'
import { KEPT_FOLDERS } from '../objective/kind.ts'
import { type StudyPlace, trialFolder, trialFolders } from '../objective/study-place.ts'
import type { TrialSpec } from '../trial.ts'
import { describeMegabytes, MOST_FOLDER_BYTES, type Unsent } from './protocol.ts'

export interface StudyFoldersOptions {
  readonly place: StudyPlace
  /** How many of the best trials keep their folders; null where trials have none. */
  readonly keep: number | 'all' | null
  /** Whether the stage after the one of that index continues its trials, which then need their folders. */
  readonly isContinued: (stage: number) => boolean
  readonly say: (sentence: string) => void
}

/** What came of a trial from a worker. */
export interface Arrived {
  /** What the store is to keep. */
  readonly artifact: Uint8Array | null
  /** Why its folder did not come along; null if it did, or there is none. */
  readonly unsent: Unsent | null
  /** The worker. */
  readonly from: string
}

/** The folders of a study's trials, where they come from workers and go to them. */
export class StudyFolders {
  readonly #options: StudyFoldersOptions
  /** Each kind is said once: what is wrong with one trial's folder usually is with all. */
  readonly #told = new Set<string>()

  constructor(options: StudyFoldersOptions) {
    this.#options = options
  }

  /**
   * What a trial is sent of the one that it continues: its artifact, with its folder if it has one.
   * @throws FolderError if it left a folder that is not there, or one that is too large
   */
  toSend({ number, continues }: TrialSpec, artifact: Uint8Array): Uint8Array {
    if (this.#options.keep === null) return artifact
    const { continued } = trialFolders(this.#options.place, number, continues, artifact)
    if (continued === null) return artifact
    const bytes = folderBytes(continued)
    if (bytes <= MOST_FOLDER_BYTES) return packFolder(continued, artifact)
    throw new FolderError(
      `Trial ${number} continues trial ${continues}, whose folder ${continued} has ${describeMegabytes(bytes)}: ${LIMIT}`,
      { hint: 'Resume the study without --engine, so that its trials run here.' },
    )
  }

  /** The task as workers are to get it: its floor is that of the few artifacts in the store, and more folders may be kept. */
  wanting(task: TrialTask): TrialTask {
    const { keep } = this.#options
    return keep === 'all' || (keep ?? 0) > KEPT_FOLDERS ? { ...task, artifactFloor: null } : task
  }

  /**
   * Puts what a trial has left where the study keeps it.
   * @returns what the store keeps
   * @throws FolderError if its folder cannot be written, or is needed and did not come
   */
  arrived({ number, stage }: TrialSpec, { artifact, unsent, from }: Arrived): Uint8Array | null {
    if (this.#options.keep === null) return artifact
    if (unsent !== null) this.#missed(number, stage, unsent, from)
    const packed = artifact === null ? null : readPackedFolder(artifact)
    if (packed === null) return artifact
    packed.unpack(trialFolder(this.#options.place.folder, number))
    return packed.artifact
  }

  #missed(number: number, stage: number, unsent: Unsent, from: string): void {
    const { isContinued, say } = this.#options
    const isLarge = 'bytes' in unsent
    const sentence = isLarge
      ? `Trial ${number} left a folder of ${describeMegabytes(unsent.bytes)} on ${from}: ${LIMIT}`
      : `Trial ${number} left a folder on ${from} that cannot be sent, since ${unsent.unreadable}`
    if (isContinued(stage)) {
      throw new FolderError(`${sentence}, and the next stage continues such trials (warmStart)`, {
        hint: isLarge
          ? 'Write smaller checkpoints into {dir}, or run the study without --engine.'
          : 'Have the program leave only files that the user of the worker may read.',
      })
    }
    const kind = isLarge ? 'large' : 'unreadable'
    if (!this.#told.has(kind)) say(`${sentence}, and ${isLarge ? 'are' : 'is'} not kept.`)
    this.#told.add(kind)
  }
}

const LIMIT = `folders of more than ${describeMegabytes(MOST_FOLDER_BYTES)} do not travel through the engine`
