import { UserError } from '../errors.ts'

/**
 * finesweep itself could not use a trial's folder. That is nothing the trial has done: it ends the study, and the trial
 * runs again when the study is resumed.
 */
export class FolderError extends UserError {
  constructor(
    message: string,
    details: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super('store', message, details)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exhausted',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EEXIST: 'part of its path is a file',
  ENOTDIR: 'part of its path is a file',
  ENOENT: 'it no longer exists',
  EISDIR: 'it is a folder',
}

/** Why the system refused an access, in words. @param access what was tried, if the error does not say */
export function reasonOf({ code, syscall }: NodeJS.ErrnoException, access: string): string {
  return `${REASONS[code!] ?? `${syscall ?? access} failed`} (${code})`
}

const RESUME = 'Committed results are intact: once the folder is writable, resume the study.'

/**
 * Does what finesweep has to do in a folder of trials.
 * @param hint the way out; by default that of a study that runs
 * @throws FolderError where the system refuses it
 */
export function inFolder<T>(folder: string, access: () => T, hint = RESUME): T {
  try {
    return access()
  } catch (error) {
    if (error instanceof FolderError || (error as NodeJS.ErrnoException).code === undefined) throw error
    const reason = reasonOf(error as NodeJS.ErrnoException, 'writing')
    throw new FolderError(`The folder ${folder} cannot be written: ${reason}`, { hint, cause: error })
  }
}

/**
 * Reads what a trial has left in its folder.
 * @throws FolderError naming what the system does not let this process read
 */
export function readInFolder<T>(folder: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const { code, path: own = folder } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new FolderError(`${own} cannot be read: ${reasonOf(error as NodeJS.ErrnoException, 'reading')}`, {
      hint: 'What a trial leaves in its folder must be readable for the user who runs finesweep.',
      cause: error,
    })
  }
}
