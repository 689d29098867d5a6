import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import path from 'node:path'

/** What an object begins with in JSON. */
const BRACE = 0x7b

/** A file in a trial's folder, or a symbolic link. */
export interface FolderFile {
  /** Relative to the folder, with slashes. */
  readonly path: string
  /** Of the file; of a link itself, not of what it points to. */
  readonly bytes: number
  /** What a symbolic link points to, as it was written; absent for a file. */
  readonly link?: string
}

/** What a store keeps of a trial's folder: the list of its files, while the folder itself is kept. */
export function listFolder(folder: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ files: filesIn(folder) }))
}

/** Whether that is what a store keeps of a folder, and not the bytes that an objective returned. */
export function isFolderList(artifact: Uint8Array): boolean {
  if (artifact[0] !== BRACE) return false
  try {
    const { files } = JSON.parse(new TextDecoder().decode(artifact)) as { readonly files?: unknown }
    return Array.isArray(files) && files.every((file) => typeof file?.path === 'string' && 'bytes' in file)
  } catch {
    return false
  }
}

/** The files in a folder and below, in order of their names. Links are listed and never followed: they may lead in circles, or out. */
export function filesIn(folder: string): FolderFile[] {
  const files: FolderFile[] = []
  const left = ['']
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    for (const entry of entriesOf(path.join(folder, below))) {
      const own = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) left.push(own)
      else if (entry.isFile() || entry.isSymbolicLink()) files.push(...fileAt(folder, own))
    }
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Empty for a folder that is gone, or a file by now: what a program left behind may still tidy up. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

function fileAt(folder: string, own: string): FolderFile[] {
  const file = path.join(folder, own)
  const stat = lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return []
  const link = stat.isSymbolicLink() ? { link: readlinkSync(file) } : {}
  return [{ path: own, bytes: stat.size, ...link }]
}
