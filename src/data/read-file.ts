import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { UserError } from '../errors.ts'

/** The most bytes of one file that are taken into memory, unpacked: 4 GiB less one. */
export const MAX_FILE_BYTES = 2 ** 32 - 1

/** A packed file may unpack to this many times its size, or to 16 MiB: real data do not compress further. */
const MAX_RATIO = 200
const UNPACKED_ALWAYS = 2 ** 24

/**
 * Reads a whole file, unpacked if it begins like gzip; never part of it.
 * @throws UserError `usage` if it is missing, no file, empty, unreadable, or unpacks to more than `maxBytes`.
 */
export function readWholeFile(file: string, maxBytes = MAX_FILE_BYTES): Buffer {
  const packed = readBytes(file, maxBytes)
  if (packed.length === 0) throw malformed(file, 'is empty')
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed
  const limit = Math.min(maxBytes, Math.max(UNPACKED_ALWAYS, MAX_RATIO * packed.length))
  let bytes: Buffer
  try {
    bytes = gunzipSync(packed, { maxOutputLength: limit })
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    if (tooLarge)
      throw malformed(
        file,
        `unpacks from ${packed.length} to more than ${limit} bytes, the limit`,
        'Unpack it yourself if this is intended.',
      )
    throw malformed(file, `is corrupt gzip: ${(error as Error).message}`)
  }
  if (bytes.length === 0) throw malformed(file, 'is empty when unpacked')
  return bytes
}

function readBytes(file: string, maxBytes: number): Buffer {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException)
  }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw malformed(file, 'must be a file', 'Choose one file of the data set.')
    if (status.size > maxBytes) {
      throw malformed(file, `is ${status.size} bytes long; the limit is ${maxBytes}`)
    }
    const bytes = Buffer.allocUnsafeSlow(status.size)
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, Math.min(bytes.length - filled, 2 ** 30), null)
      if (read === 0) throw malformed(file, `ended after ${filled} of ${bytes.length} bytes`)
      filled += read
    }
    return bytes
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error as NodeJS.ErrnoException)
  } finally {
    closeSync(descriptor)
  }
}

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
  const reason = error.code === 'ENOENT' ? 'no such file' : (error.code ?? error.message)
  return new UserError('usage', `Cannot read ${file}: ${reason}`, {
    hint: 'Paths in a study file are relative to its folder.',
    cause: error,
  })
}

/** A data file that breaks a rule, "is empty": `where` names it, and the row if one is to blame (from 1). */
export function malformed(file: string, rule: string, hint?: string, line?: number): UserError {
  return new UserError('usage', `${path.basename(file)} ${rule}`, {
    hint,
    where: line === undefined ? { file } : { file, line },
  })
}
