import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** A file in a trial's folder. */
export interface FolderFile {
  /** Relative to the folder, with slashes. */
  readonly path: string
  readonly bytes: number
}

/** What a store keeps of a trial's folder: the list of its files, while the folder itself is kept. */
export function listFolder(folder: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ files: filesIn(folder) }))
}

/** The files in a folder and below, in order of their names. */
export function filesIn(folder: string): FolderFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name)
      return { path: path.relative(folder, file).replaceAll('\\', '/'), bytes: statSync(file).size }
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}
