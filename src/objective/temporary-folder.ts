import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProcess, type ProcessIdentity, thisProcess } from '../process-identity.ts'
import { inFolder } from './folder-error.ts'

const PREFIX = 'finesweep-trial-'
/** In each temporary folder: whose it is. */
const OWNER = 'owner.json'

/**
 * Makes a temporary folder for the folders of one attempt of a trial, which remember this process as their owner.
 * @returns its absolute path
 * @throws FolderError
 */
export function makeTemporaryFolder(): string {
  return inFolder(tmpdir(), () => {
    const folder = mkdtempSync(path.join(tmpdir(), PREFIX))
    try {
      writeFileSync(path.join(folder, OWNER), JSON.stringify(thisProcess()))
    } catch (error) {
      removeTemporaryFolder(folder)
      throw error
    }
    return folder
  })
}

/** What a program left behind may still write there: then the next run or worker tidies up. */
export function removeTemporaryFolder(folder: string): void {
  try {
    for (const name of contentsOf(folder)) {
      rmSync(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {}
}

/**
 * Removes the temporary folders that processes of this user have left on this machine because they were killed. One
 * whose owner lives, is somebody else or cannot be told stays, and so does one that cannot be removed.
 * @param say told how many there were, if any
 */
export async function removeLeftFolders(say: (sentence: string) => void): Promise<void> {
  let removed = 0
  for (const name of temporaryFolders()) {
    const folder = path.join(tmpdir(), name)
    if (!isLeft(folder)) continue
    try {
      for (const each of contentsOf(folder))
        await rm(path.join(folder, each), { recursive: true, force: true })
      await rm(folder, { recursive: true, force: true })
      removed++
    } catch {}
  }
  if (removed === 0) return
  const folders = removed === 1 ? 'a temporary folder' : `${removed} temporary folders`
  say(`Removed ${folders} of trials whose process was killed.`)
}

function temporaryFolders(): string[] {
  try {
    return readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))
  } catch {
    return []
  }
}

function isLeft(folder: string): boolean {
  try {
    // In a folder for everybody, a link of that name may lead anywhere.
    const { uid } = lstatSync(folder)
    if (process.getuid !== undefined && uid !== process.getuid()) return false
    const owner = JSON.parse(readFileSync(path.join(folder, OWNER), 'utf8')) as ProcessIdentity
    return Number.isInteger(owner.pid) && findProcess(owner) === 'gone'
  } catch {
    return false
  }
}

/** All but the owner, who is forgotten last: the removal may be killed, too. */
function contentsOf(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== OWNER)
}
