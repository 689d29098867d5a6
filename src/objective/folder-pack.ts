import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { type FolderFile, filesIn } from './folder-artifact.ts'
import { inFolder, readInFolder } from './folder-error.ts'

/** What a packed folder begins with. */
const MAGIC = new TextEncoder().encode('\0finesweep folder 1\n')
const LENGTH_BYTES = 4

/** A file or a link of a packed folder. */
interface PackedFile extends FolderFile {
  readonly mode: number
  readonly modifiedMs: number
}

interface Head {
  /** How many bytes the artifact has, which come before those of the files. */
  readonly artifact: number
  readonly files: readonly PackedFile[]
}

/** A trial's folder on its way to another machine, with what the store keeps of the trial. */
export interface PackedFolder {
  readonly artifact: Uint8Array
  /** Writes the folder, in place of what is there. @throws FolderError; UserError('engine') for what no folder gives */
  unpack(folder: string): void
}

/** How many bytes the files of a folder have. @throws FolderError if they cannot be listed */
export function folderBytes(folder: string): number {
  return readInFolder(folder, () => filesIn(folder)).reduce((sum, { bytes }) => sum + bytes, 0)
}

/**
 * The files and links of a folder in one piece, with their modes and times, and the artifact.
 * @throws FolderError for a file that cannot be read
 */
export function packFolder(folder: string, artifact: Uint8Array): Uint8Array {
  return readInFolder(folder, () => pack(folder, artifact))
}

function pack(folder: string, artifact: Uint8Array): Uint8Array {
  const contents: Buffer[] = []
  const files = filesIn(folder).flatMap((file): PackedFile[] => {
    const at = path.join(folder, file.path)
    const stat = lstatSync(at, { throwIfNoEntry: false })
    if (stat === undefined) return []
    const content = file.link === undefined ? readFileSync(at) : Buffer.alloc(0)
    contents.push(content)
    return [{ ...file, bytes: content.length, mode: stat.mode & 0o777, modifiedMs: stat.mtimeMs }]
  })
  const head: Head = { artifact: artifact.length, files }
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(text.length)
  return Buffer.concat([MAGIC, length, text, artifact, ...contents])
}

/** What `packFolder` made; null for any other bytes. */
export function readPackedFolder(bytes: Uint8Array): PackedFolder | null {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!all.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const start = MAGIC.length + LENGTH_BYTES
  const end = start + all.readUInt32LE(MAGIC.length)
  const head = JSON.parse(all.toString('utf8', start, end)) as Head
  const contents = end + head.artifact
  return {
    artifact: new Uint8Array(all.subarray(end, contents)),
    unpack(folder) {
      refuseOutside(head.files)
      inFolder(folder, () => write(folder, head.files, all.subarray(contents)))
    },
  }
}

/** Links come last: nothing is written through one. */
function write(folder: string, files: readonly PackedFile[], contents: Buffer): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let start = 0
  for (const file of files.filter(({ link }) => link === undefined)) {
    const at = path.join(folder, file.path)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, contents.subarray(start, start + file.bytes), { flag: 'wx' })
    chmodSync(at, file.mode)
    utimesSync(at, file.modifiedMs / 1000, file.modifiedMs / 1000)
    start += file.bytes
  }
  for (const { path: own, link } of files) {
    if (link === undefined) continue
    const at = path.join(folder, own)
    mkdirSync(path.dirname(at), { recursive: true })
    symlinkSync(link, at)
  }
}

/** Somebody else may have written it: nothing outside the folder is touched, nor anything behind its links. */
function refuseOutside(files: readonly PackedFile[]): void {
  const links = files.filter(({ link }) => link !== undefined).map((file) => `${file.path}/`)
  for (const { path: own } of files) {
    const leaves = path.posix.isAbsolute(own) || own.split(/[/\\]/).includes('..')
    if (!leaves && links.every((link) => !own.startsWith(link))) continue
    throw new UserError(
      'engine',
      `A trial's folder that came through the engine has a file outside it, ${own}`,
      {
        hint: 'Somebody else writes to that server: see who may.',
      },
    )
  }
}
