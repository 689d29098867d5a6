import { existsSync } from 'node:fs'
import { folderBytes, packFolder, readPackedFolder } from '../objective/folder-pack.ts'
import { trialFolder } from '../objective/study-place.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../objective/temporary-folder.ts'
import type { GivenFolders, TrialSpec } from '../trial.ts'
import { MOST_FOLDER_BYTES } from './protocol.ts'

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

  /** The artifact with the trial's own folder, if it has one; or how large that is, where it is too large. */
  toSend(artifact: Uint8Array): { readonly artifact: Uint8Array; readonly tooLarge: number | null } {
    const { own } = this.folders
    if (!existsSync(own)) return { artifact, tooLarge: null }
    const bytes = folderBytes(own)
    if (bytes > MOST_FOLDER_BYTES) return { artifact, tooLarge: bytes }
    return { artifact: packFolder(own, artifact), tooLarge: null }
  }

  remove(): void {
    removeTemporaryFolder(this.#root)
  }
}
