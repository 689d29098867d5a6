import { existsSync } from 'node:fs'
import { FolderError } from '../objective/folder-error.ts'
import { folderBytes, packFolder, readPackedFolder } from '../objective/folder-pack.ts'
import { trialFolder } from '../objective/study-place.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../objective/temporary-folder.ts'
import type { GivenFolders, TrialSpec } from '../trial.ts'
import { MOST_FOLDER_BYTES, type Unsent } from './protocol.ts'

/** The temporary folders of one attempt on a worker. */
export class AttemptFolders {
  readonly #root = makeTemporaryFolder()
  readonly folders: GivenFolders
  /** What the trial that it continues left, without its folder. */
  readonly continued: Uint8Array | null

  /**
   * @param sent what the attempt was sent of the trial that it continues
   * @throws FolderError
   */
  constructor({ number, continues }: TrialSpec, sent: Uint8Array | null) {
    const packed = sent === null ? null : readPackedFolder(sent)
    const continued = packed === null ? null : trialFolder(this.#root, continues!)
    this.folders = { own: trialFolder(this.#root, number), continued }
    this.continued = packed?.artifact ?? sent
    if (packed === null) return
    try {
      packed.unpack(continued!)
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** The artifact with the trial's own folder, if it has one; or why it stays here, which is nothing that the trial has done. */
  toSend(artifact: Uint8Array): { readonly artifact: Uint8Array; readonly unsent: Unsent | null } {
    const { own } = this.folders
    if (!existsSync(own)) return { artifact, unsent: null }
    try {
      const bytes = folderBytes(own)
      if (bytes > MOST_FOLDER_BYTES) return { artifact, unsent: { bytes } }
      return { artifact: packFolder(own, artifact), unsent: null }
    } catch (error) {
      if (!(error instanceof FolderError)) throw error
      return { artifact, unsent: { unreadable: error.message } }
    }
  }

  remove(): void {
    removeTemporaryFolder(this.#root)
  }
}
