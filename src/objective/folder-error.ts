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
    const { code, syscall } = error as NodeJS.ErrnoException
    if (error instanceof FolderError || code === undefined) throw error
    const reason = REASONS[code] ?? `${syscall ?? 'writing'} failed`
    throw new FolderError(`The folder ${folder} cannot be written: ${reason} (${code})`, {
      hint,
      cause: error,
    })
  }
}
