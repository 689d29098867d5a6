import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { inLargePieces } from './terminal.ts'

/** Text in pieces, or bytes. */
type Content = Iterable<string> | Uint8Array

/**
 * Writes a file whole or not at all: what was there before stays until the new text is complete on the disk. A
 * device or a pipe is written to as it is.
 *
 * @throws UserError('usage') if the path can't be written to; UserError('store') if the disk is full or fails
 */
export function writeOutputFile(file: string, content: Content): void {
  inOutput(file, () => {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat?.isDirectory()) throw Object.assign(new Error(file), { code: 'EISDIR' })
    if (stat !== undefined && !stat.isFile()) writeAll(file, 'w', content)
    // Behind a link the file is replaced, not the link.
    else writeBeside(stat === undefined ? behindLinks(file) : realpathSync(file), content, stat?.mode)
  })
}

/** Writes a file or a folder of results. @throws UserError as `writeOutputFile` */
export function inOutput(target: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    throw describeFailure(target, error)
  }
}

/** Where a link leads that has nothing behind it yet. */
function behindLinks(file: string): string {
  let target = file
  while (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink())
    target = resolve(realpathSync(dirname(target)), readlinkSync(target))
  return target
}

/** @param mode who may read the file that is replaced; nothing for a new one */
function writeBeside(file: string, content: Content, mode?: number): void {
  // In the same folder, because a rename works within one file system alone.
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`)
  try {
    writeAll(temporary, 'wx', content, mode)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function writeAll(file: string, flags: 'w' | 'wx', content: Content, mode?: number): void {
  // Nobody may read meanwhile what was closed to them: it is opened with the mode, of which a umask may take some away.
  const descriptor = openSync(file, flags, mode)
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode & 0o777)
    for (const piece of content instanceof Uint8Array ? [content] : inLargePieces(content)) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
    }
    if (flags === 'wx') fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'part of its path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'its name is too long',
}

function describeFailure(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined || error instanceof UserError) return error
  const reason = REASONS[code]
  if (reason !== undefined)
    return new UserError('usage', `${file} cannot be written: ${reason}`, { cause: error })
  const full = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `writing failed (${code})`
  return new UserError('store', `${file} cannot be written: ${full}`, { cause: error })
}
